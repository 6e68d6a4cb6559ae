"""Waiting for mails: idling is renewed before servers hang up, and where it fails the mailbox is asked as ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from noctui.mail_settings import MailboxSettings
from noctui.sources.mail.imap import RENEWED, ImapMailbox
from tests.sources.mail.liar import liar, polite


class Listener:
    """A server that can idle: what it was told, and what it answers to IDLE and to DONE."""

    def __init__(self, begun: bytes = b"+ idling\r\n", done: bytes = b"noctui OK done\r\n") -> None:
        self.begun, self.done = begun, done
        self.heard: list[str] = []
        self.news = b""  # said before each answer

    def __call__(self, tag: str, command: str) -> bytes:
        self.heard.append(command or tag)
        if command == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK .\r\n".encode()
        if command == "IDLE":
            return self.begun
        return self.done if tag == "DONE" else self.news + polite(tag, command)


@contextmanager
def box_of(server: Listener) -> Iterator[ImapMailbox]:
    with liar(server) as port:
        box = ImapMailbox(MailboxSettings("noc", "imap", url=f"imap://127.0.0.1:{port}", user="u", timeout=5.0))
        assert len(list(box.new())) == 1
        yield box
        box.close()


def waited(box: ImapMailbox, seconds: float) -> float:
    began = time.monotonic()
    box.wait(seconds)
    return time.monotonic() - began


def test_it_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert RENEWED < 29 * 60
    monkeypatch.setattr("noctui.sources.mail.imap.RENEWED", 0.1)
    server = Listener()
    with box_of(server) as box:
        assert waited(box, 0.35) >= 0.35
    assert server.heard.count("IDLE") == server.heard.count("DONE") == 4


def test_a_mail_that_is_told_of_ends_it() -> None:
    with box_of(Listener(b"+ idling\r\n* 2 EXISTS\r\n")) as box:
        assert waited(box, 30) < 10


def test_other_news_does_not() -> None:
    with box_of(Listener(b"+ idling\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* OK still here\r\n")) as box:
        assert waited(box, 0.3) >= 0.3


@pytest.mark.parametrize("begun", [b"noctui BAD no such command\r\n", b"noctui NO not now\r\n"])
def test_where_it_is_refused_it_is_waited_for_as_long_and_not_tried_again(begun: bytes) -> None:
    server = Listener(begun)
    with box_of(server) as box:
        assert waited(box, 0.2) >= 0.2
        assert len(list(box.new())) == 1
        assert waited(box, 0.2) >= 0.2
    assert server.heard.count("IDLE") == 1


@pytest.mark.parametrize(
    "begun", [b"* BYE see you\r\n", b"+ idling\r\n* BYE see you\r\n", b"+ idling\r\n" + b"x" * 5_000_000]
)
def test_a_server_that_hangs_up_is_not_asked_at_once(begun: bytes) -> None:
    server = Listener(begun)
    with box_of(server) as box:
        assert waited(box, 0.3) >= 0.3
        assert len(list(box.new())) == 1  # over a new connection
    assert sum(command.startswith("LOGIN") for command in server.heard) == 2


def test_what_was_told_while_other_things_were_asked_is_not_waited_for() -> None:
    server = Listener()
    with box_of(server) as box:
        (letter,) = box.new()
        server.news = b"* 2 EXISTS\r\n"
        box.fetch(letter)
        assert waited(box, 30) < 10
    assert "IDLE" not in server.heard
