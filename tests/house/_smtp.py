"""A mail server of the tests' own, on loopback: as little of SMTP (RFC 5321) as takes a message."""
import email, threading
from email.header import decode_header, make_header
from _house import *


class MailServer(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.lock = self.socket.getsockname()[1], threading.Lock()
        self.letters, self.envelopes = [], []  # the messages as they came; (sender, [recipients]) of each
        self.refused, self.is_away = set(), False  # recipients that are not known here; says 421 to everybody
        self.taken = None  # called with recipient and message of each
        self.start()

    def run(self):
        while True:
            c, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        with contextlib.suppress(ConnectionError): self.speak(c)
        c.close()

    def speak(self, c):
        f = c.makefile("rwb")
        say = lambda s: (f.write(s + b"\r\n"), f.flush())
        if self.is_away: return say(b"421 away")
        say(b"220 test")
        sender, to = "", []
        while line := f.readline():
            verb = line.strip().upper()
            address = line[line.find(b"<") + 1:line.find(b">")].decode("latin-1") if b"<" in line else ""
            if verb.startswith(b"MAIL"): sender, to = address, []
            if verb.startswith(b"RCPT"):
                if address in self.refused:
                    say(b"550 no such mailbox: " + address.encode())
                    continue
                to.append(address)
            if verb.startswith(b"DATA"):
                say(b"354 go on")
                letter = b""
                while (l := f.readline()) not in (b".\r\n", b""): letter += l[1:] if l.startswith(b"..") else l
                with self.lock:
                    self.letters.append(letter)
                    self.envelopes.append((sender, to))
                for one in to if self.taken else []: self.taken(one, letter)
                say(b"250 taken")
            elif verb.startswith(b"QUIT"):
                say(b"221 bye")
                return
            else: say(b"250 fine")

    def read(self, to=None):
        """The messages, parsed; to: those for this address alone."""
        with self.lock: return [email.message_from_bytes(l) for l, (_, t) in zip(self.letters, self.envelopes) if to is None or to in t]


def subject_of(letter): return str(make_header(decode_header(letter["Subject"])))
def text_of(letter): return letter.get_payload(decode=True).decode()
