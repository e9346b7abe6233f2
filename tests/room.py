"""Where tests may keep what need not outlive the power: in memory, where there is room for it."""
import os

LEAST = 2 << 30


def in_memory(least=LEAST):
    """/dev/shm; None where it is small, as in a container, or is not ours to write: then TMPDIR or /tmp is the place."""
    try: s = os.statvfs("/dev/shm")
    except OSError: return None
    return "/dev/shm" if s.f_bavail * s.f_frsize >= least and os.access("/dev/shm", os.W_OK) else None


def free(folder):
    """Bytes that may still be written there."""
    s = os.statvfs(folder)
    return s.f_bavail * s.f_frsize
