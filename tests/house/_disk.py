"""A disk whose power can be cut: a file system on a loop device, on a file that this process serves through FUSE, so that it sees every write and every flush in their order.

At any instant it gives the bytes that a disk might hold if its power went then: all that had been flushed, and of what was written since, nothing, everything, or any sectors (a disk keeps writes
back and reorders them until it is told to flush). Between two requests the disk does not change, so what it gives is the state of one instant, while those who write go on."""
import atexit, contextlib, ctypes, mmap, os, random, shutil, signal, socket, struct, subprocess, tempfile
import _house  # the way to what all tests share
from room import free, in_memory

SECTOR = 512
CHUNK = 1 << 16  # copied at once; what nobody has ever written to stays a hole
ROOT_INODE, FILE_INODE = 1, 2
SIZES = {"ext4": 192 << 20, "xfs": 320 << 20, "btrfs": 256 << 20}  # what nobody writes to is a hole
# A small ext4 would have blocks of 1 KB, which are for disk_blocks.py.
MAKE = {"ext4": ["-q", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0"], "xfs": ["-q"], "btrfs": ["-q"]}
KINDS = ("none", "all", "some", "some")  # of what was not flushed; twice as often any of it
LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE, STATFS, RELEASE, FSYNC, FLUSH, INIT, OPENDIR, RELEASEDIR, INTERRUPT, DESTROY, BATCH_FORGET = 1, 2, 3, 4, 14, 15, 16, 17, 18, 20, 25, 26, 27, 29, 36, 38, 42


class Medium:
    """What is on the disk, and what it has only been told."""
    def __init__(self, path, size):
        with open(path, "r+b") as f: self.now = mmap.mmap(f.fileno(), size)
        self.flushed = mmap.mmap(-1, size)
        self.size, self.pending = size, []
        self.used = {at for at in range(0, size, CHUNK) if self.now[at:at + CHUNK].strip(b"\0")}
        for at in self.used: self.flushed[at:at + CHUNK] = self.now[at:at + CHUNK]

    def write(self, at, data):
        self.now[at:at + len(data)] = data
        self.pending.append((at, data))
        self.used.update(range(at // CHUNK * CHUNK, at + len(data), CHUNK))

    def flush(self):
        for at, data in self.pending: self.flushed[at:at + len(data)] = data
        self.pending = []

    def cut(self, path, kind, seed):
        """Writes the disk as it is after a cut now; returns how many writes were on their way."""
        rnd = random.Random(seed)
        likely = rnd.random()
        with open(path, "wb") as f:
            f.truncate(self.size)
            for at in self.used: os.pwrite(f.fileno(), self.flushed[at:at + CHUNK], at)
            for at, data in self.pending:
                if kind == "all": os.pwrite(f.fileno(), data, at)
                elif kind == "some":
                    torn = rnd.random() < 0.3
                    whole = rnd.random() < likely
                    for k in range(0, len(data), SECTOR):
                        if (rnd.random() < likely) if torn else whole: os.pwrite(f.fileno(), data[k:k + SECTOR], at + k)
        return len(self.pending)


# ---- the kernel's side: /dev/fuse, protocol 7 (linux/fuse.h) ----
def attributes(inode, size):
    mode = 0o40755 if inode == ROOT_INODE else 0o100600
    return struct.pack("<6Q10I", inode, size, size // SECTOR, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(medium, op, node, body):
    """The bytes of the answer, or a negative error number."""
    size = medium.size if node == FILE_INODE else 0
    if op == INIT: return struct.pack("<4I2H2I2H2I6H4x", 7, 31, 1 << 17, 1 << 5, 12, 9, 1 << 17, 1, 0, 0, 0, 0, *[0] * 6) + bytes(8)
    if op == LOOKUP: return struct.pack("<4Q2I", FILE_INODE, 0, 3600, 3600, 0, 0) + attributes(FILE_INODE, medium.size) if body == b"disk\0" else -2
    if op in (GETATTR, SETATTR): return struct.pack("<Q2I", 3600, 0, 0) + attributes(node, size)
    if op in (OPEN, OPENDIR): return struct.pack("<Q2I", 0, 0, 0)
    if op == READ:
        at, n = struct.unpack_from("<8xQI", body)
        return medium.now[at:at + n]
    if op == WRITE:
        at, n = struct.unpack_from("<8xQI", body)
        medium.write(at, body[40:40 + n])
        return struct.pack("<2I", n, 0)
    if op == FSYNC: medium.flush()
    if op in (FSYNC, FLUSH, RELEASE, RELEASEDIR, DESTROY): return b""
    if op == STATFS: return struct.pack("<5Q10I", 0, 0, 0, 0, 0, 4096, 255, 4096, *[0] * 7)
    return -38  # no such thing here


def serve(fuse, control, medium):
    import select
    while True:
        for ready in select.select([fuse, control], [], [])[0]:
            if ready == control:
                said = control.recv(4096).decode().split("\n")
                if len(said) < 3: return
                control.send(str(medium.cut(said[0], said[1], int(said[2]))).encode())
                continue
            try: asked = os.read(fuse, 1 << 18)
            except OSError as e:
                if e.errno in (2, 4, 11): continue  # it has thought better of it
                return
            _, op, unique, node = struct.unpack_from("<IIQQ", asked)
            if op in (FORGET, BATCH_FORGET, INTERRUPT): continue
            got = answer(medium, op, node, asked[40:])
            error, got = (got, b"") if isinstance(got, int) else (0, got)
            with contextlib.suppress(OSError): os.write(fuse, struct.pack("<IiQ", 16 + len(got), error, unique) + got)


# ---- ours ----
# However its maker ends, nothing stays mounted.
JANITOR = """read x
for process in $(pgrep -f -- "--data $1/"); do kill -9 "$process"; done
for at in "$1"/at "$1"/revived; do umount -l "$at"; done
losetup --list --noheadings --output NAME,BACK-FILE | while read device file; do case $file in "$1"/*) losetup -d "$device" ;; esac; done
umount -l "$1/door"
rm -rf "$1"
"""


def run(*words):
    r = subprocess.run(words, capture_output=True, text=True)
    if r.returncode: raise OSError(f"{' '.join(words)}: {(r.stdout + r.stderr).strip()}")
    return r.stdout.strip()


class NoRoom(OSError):
    """Where the images lie there is none left: says nothing about the house."""


class Mounted:
    """An image on a loop device at a path; with close() nothing of it is left."""
    def __init__(self, image, at, options="noatime"):
        self.at, self.device = at, None
        os.makedirs(at, exist_ok=True)
        atexit.register(self.close)
        self.device = run("losetup", "--find", "--show", image)
        try: run("mount", "-o", options, self.device, at)
        except OSError:
            self.close()
            raise

    def close(self):
        if not self.device: return
        atexit.unregister(self.close)
        if os.path.ismount(self.at) and subprocess.run(["umount", self.at], capture_output=True).returncode: subprocess.run(["umount", "-l", self.at], capture_output=True)
        subprocess.run(["losetup", "-d", self.device], capture_output=True)
        self.device = None


class Disk:
    """A fresh file system at `self.at`; OSError where it cannot be had here."""
    def __init__(self, fs="ext4"):
        self.folder = tempfile.mkdtemp(prefix="broadsheet-power-", dir=in_memory())
        self.at, self.door, self.mounted, self.pid, self.is_served, self.janitor = os.path.join(self.folder, "at"), os.path.join(self.folder, "door"), None, None, False, None
        atexit.register(self.close)
        try: self.make(fs)
        except OSError:
            self.close()
            raise

    def make(self, fs):
        self.size = SIZES[fs]
        image = os.path.join(self.folder, "image")
        with open(image, "wb") as f: f.truncate(SIZES[fs])
        self.need(2 * SIZES[fs])
        run(f"mkfs.{fs}", *MAKE[fs], image)
        os.mkdir(self.door)
        fuse = os.open("/dev/fuse", os.O_RDWR)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b"disk", self.door.encode(), b"fuse", 0, f"fd={fuse},rootmode=40000,user_id=0,group_id=0".encode()): raise OSError(ctypes.get_errno(), "fuse cannot be mounted")
        self.is_served = True
        self.control, theirs = socket.socketpair()
        self.pid = os.fork()
        if not self.pid:
            try:
                self.control.close()
                serve(fuse, theirs, Medium(image, SIZES[fs]))
            finally: os._exit(0)  # never what the parent has to do at its end
        os.close(fuse)
        theirs.close()
        self.janitor = subprocess.Popen(["sh", "-c", JANITOR, "janitor", self.folder], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.mounted = Mounted(os.path.join(self.door, "disk"), self.at)

    def need(self, wanted):
        """NoRoom, said before a write fails that would look like the house's own trouble."""
        if (there := free(self.folder)) < wanted: raise NoRoom(f"{self.folder} has room for {there >> 20} MB, and {wanted >> 20} MB are wanted: give a folder with more in TMPDIR")

    def cut(self, name, kind, seed):
        """The disk as a cut of its power leaves it now: the image's path, and how many writes were on their way."""
        path = os.path.join(self.folder, name)
        self.need(2 * self.size)
        self.control.send(f"{path}\n{kind}\n{seed}".encode())
        return path, int(self.control.recv(64))

    def unplug(self):
        """The images stay."""
        if self.mounted: self.mounted.close()
        self.mounted = None
        if self.is_served: subprocess.run(["umount", "-l", self.door], capture_output=True)
        self.is_served = False
        if self.pid:
            with contextlib.suppress(ProcessLookupError): os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.control.close()
        self.pid = None

    def close(self):
        atexit.unregister(self.close)
        self.unplug()
        if self.janitor: self.janitor.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)
