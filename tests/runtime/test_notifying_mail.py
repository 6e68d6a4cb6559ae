"""A notification by mail, over a real socket: what arrives is plain text, whatever stood in the alarm."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from noctui.runtime import notify_child
from noctui.runtime.notify_child import Job, Letter

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # apprise's own
SECRET = "s3cretPass"


class Mailbox(socketserver.ThreadingTCPServer):
    """As much of an SMTP server (RFC 5321) as one mail needs; `refuses`: what it answers to the recipient."""

    daemon_threads = True

    def __init__(self, refuses: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.refuses = refuses
        self.mails: list[bytes] = []


class _Smtp(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.say("220 mail.example ESMTP")
        while line := self.rfile.readline():
            match line.split()[0].upper():
                case b"DATA":
                    self.say("354 go on")
                    mail = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        mail += part
                    self.server.mails.append(mail)
                    self.say("250 taken")
                case b"RCPT" if self.server.refuses:
                    self.say(self.server.refuses)
                case b"AUTH":
                    self.say("235 welcome")
                case b"EHLO":
                    self.say("250-mail.example")
                    self.say("250 AUTH PLAIN LOGIN")
                case b"QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mailbox(refuses: str = "") -> Iterator[tuple[Mailbox, str]]:
    """The server and the URL of a rule that sends there."""
    with Mailbox(refuses) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        port = server.server_address[1]
        yield server, f"mailto://noc:{SECRET}@127.0.0.1:{port}?from=noc@example.net&to=jmo@example.net&mode=insecure"
        server.shutdown()
        thread.join()


def test_a_mail_arrives_as_plain_text() -> None:
    with mailbox() as (server, url):
        letter = Letter("noctui: DOWN 0417 [b]x, Lumen: <i>down", "since Nov 18\n<script>x</script>", "failure")
        assert list(notify_child.send(Job(url, (letter,)))) == [""]
    (mail,) = server.mails
    read = email.message_from_bytes(mail, policy=email.policy.default)
    assert read["Subject"] == letter.title
    assert "jmo@example.net" in str(read["To"])
    body = read.get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == ["since", "Nov", "18", "<script>x</script>"]
    assert read.get_body(("html",)) is None
    assert SECRET.encode() not in mail


def test_a_mail_that_is_refused_says_so_without_the_password() -> None:
    with mailbox("550 no such user") as (server, url):
        (said,) = notify_child.send(Job(url, (Letter("t", "b"),)))
    assert server.mails == []
    assert said
    assert SECRET not in said
