"""A server on the loopback that says what it is told to, to any client: for lies that no real one tells."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[str, str], bytes]
"""From the tag and the command to what is sent."""


def polite(tag: str, command: str) -> bytes:
    """What a small IMAP server with one mail would answer."""
    done = f"{tag} OK done\r\n".encode()
    word = command.split()[0].upper()
    if word == "CAPABILITY":
        return b"* CAPABILITY IMAP4rev1\r\n" + done
    if word == "SELECT":
        told = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [PERMANENTFLAGS (\\*)] .\r\n"
        return told + f"{tag} OK [READ-WRITE] done\r\n".encode()
    if command.upper().startswith("UID SEARCH"):
        return b"* SEARCH 3\r\n" + done
    if "INTERNALDATE" in command:
        return b'* 1 FETCH (UID 3 RFC822.SIZE 5 INTERNALDATE " 1-Jan-2026 00:00:00 +0000")\r\n' + done
    if "BODY.PEEK" in command:
        return b"* 1 FETCH (UID 3 RFC822.SIZE 5 BODY[]<0> {5}\r\nhello)\r\n" + done
    return done


def lying(when: str, lie: bytes) -> Answer:
    """Polite, but for commands that hold `when`; `TAG` in a lie is the command's tag."""

    def answer(tag: str, command: str) -> bytes:
        return lie.replace(b"TAG", tag.encode()) if when in command else polite(tag, command)

    return answer


@contextmanager
def liar(answer: Answer, greeting: bytes = b"* OK ready\r\n") -> Iterator[int]:
    """Its port. Its connections end with it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threads: list[threading.Thread] = []
        taken: list[socket.socket] = []
        ended = threading.Event()

        def serve(one: socket.socket) -> None:
            one.settimeout(10.0)
            with contextlib.suppress(OSError), one, one.makefile("rb") as lines:
                one.sendall(greeting)
                while (line := lines.readline(65536)) and not ended.is_set():
                    tag, _, command = line.decode("latin-1").strip().partition(" ")
                    one.sendall(answer(tag, command))

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    one, _ = listening.accept()
                    taken.append(one)
                    threads.append(threading.Thread(target=serve, args=(one,)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join(5)
            for one in taken:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(5)
