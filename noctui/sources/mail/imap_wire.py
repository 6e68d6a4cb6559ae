"""One IMAP connection over the standard library's imaplib, bounded in time and memory.

imaplib speaks the protocol well and comes with Python; what it lacks is here: an answer may take no longer and be no
larger than said beforehand, whatever sizes the server tells, and the connection may idle (RFC 2177).
"""

from __future__ import annotations

import imaplib
import select
import socket
import ssl
import time

from noctui.sources.mail.net import Server

LINE = 4 * 1024 * 1024
"""Bytes of one line: a search's answer names each mail in eight bytes or so."""
ANSWER = 8 * 1024 * 1024
"""Bytes of all lines of one answer."""


class BrokenError(Exception):
    """The connection is of no use any more; it says why."""


class Wire(imaplib.IMAP4):
    """Connected, encrypted where asked, greeted; not logged in. `allow` is how many bytes the next answer may have.

    Raises OSError, ssl.SSLError, imaplib.IMAP4.error and BrokenError.
    """

    def __init__(self, server: Server, timeout: float, context: ssl.SSLContext | None) -> None:
        self._server, self._seconds, self._context = server, timeout, context
        self._buffer = bytearray()
        self._ends = self._left = 0.0
        self.allow()
        super().__init__(server.host, server.port)

    def allow(self, size: int = ANSWER, patience: float = 1.0) -> None:
        """Before a command: its answer may have so many bytes, and take `patience` times the timeout in all."""
        self._left = size
        self._ends = time.monotonic() + patience * self._seconds

    # what imaplib calls

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        sock = socket.create_connection((host, port), self._seconds)
        try:
            if self._context is not None and self._server.scheme == "imaps":
                sock = self._context.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
        self.sock = sock

    def read(self, size: int) -> bytes:
        if size > self._left:
            raise BrokenError(f"it announced {size} bytes, more than was asked for")
        while len(self._buffer) < size:
            self._more()
        return self._taken(size)

    def readline(self) -> bytes:
        begin = 0
        if time.monotonic() > self._ends:
            raise TimeoutError
        while (at := self._buffer.find(b"\n", begin)) < 0:
            begin = len(self._buffer)
            if begin > LINE:
                raise BrokenError("it sends a line without an end")
            self._more()
        return self._taken(at + 1)

    def send(self, data: bytes) -> None:  # type: ignore[override]
        self.sock.settimeout(self._seconds)
        self.sock.sendall(data)

    def shutdown(self) -> None:
        self.sock.close()

    def _taken(self, size: int) -> bytes:
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    def _more(self) -> None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)
        data = self.sock.recv(65536)
        if not data:
            raise BrokenError("it hung up")
        self._left -= len(data)
        if self._left < -65536:
            raise BrokenError("its answer is larger than was asked for")
        self._buffer += data

    # what imaplib has not

    def begin_tls(self, context: ssl.SSLContext) -> None:
        """STARTTLS. What came before it unencrypted counts for nothing: a word smuggled in ends the connection."""
        kind, said = self.xatom("STARTTLS")
        if kind != "OK":
            raise BrokenError(f"it begins no TLS: {said[-1]!r}")
        if self._buffer:
            raise BrokenError("somebody put words in before the encryption")
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def idle(self, seconds: float, wake: socket.socket) -> bool:
        """Wait to be told of a change; whether one was told. Ends early when `wake` can be read."""
        self.allow(LINE)
        self.send(b"noctui IDLE\r\n")
        while not (line := self.readline()).startswith(b"+"):
            if line.startswith(b"noctui "):
                raise BrokenError("it does not idle after all")
            if line[:5].upper() == b"* BYE":
                raise BrokenError("it hung up")
        ends, told = time.monotonic() + seconds, False
        while not told and (left := ends - time.monotonic()) > 0:
            if not self._buffer and not self._pending():
                ready, _, _ = select.select([self.sock, wake], [], [], left)
                if wake in ready or not ready:
                    break
            self.allow(LINE)
            words = self.readline().upper().split()
            told = len(words) > 2 and words[2] in (b"EXISTS", b"EXPUNGE")
            if words[1:2] == [b"BYE"]:
                raise BrokenError("it hung up")
        self.allow(LINE)
        self.send(b"DONE\r\n")
        while not self.readline().startswith(b"noctui "):
            pass
        return told

    def _pending(self) -> bool:
        return isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0
