"""A mailbox over IMAP against a real dovecot: what is new, bytes, marks, waiting, and what goes wrong."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from noctui.mail_settings import EXCEPTION, SUCCESS, MailboxSettings
from noctui.model.notices import Outcome
from noctui.sources.mail.box import MOST, GoneError, MailboxError
from noctui.sources.mail.imap import ImapMailbox
from tests.dovecot import SECRET, Dovecot, dovecot
from tests.redis_server import free_port

NOTE = b"Message-ID: <%s@carrier.example>\r\nSubject: works\r\n\r\nhello\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as one:
        yield one


def settings(server: Dovecot, folder: str = "", **others: str) -> MailboxSettings:
    url = f"imap://127.0.0.1:{server.port}"
    made = MailboxSettings(name="noc", kind="imap", url=url, user="noc", secret=SECRET, folder=folder, timeout=10.0)
    return replace(made, **others) if others else made  # type: ignore[arg-type]


@pytest.fixture
def box(server: Dovecot, request: pytest.FixtureRequest) -> Iterator[ImapMailbox]:
    """Of a folder of the test's own, with one mail in it."""
    folder = str(request.node.name).removeprefix("test_")
    server.deliver(NOTE % b"first", folder)
    one = ImapMailbox(settings(server, folder))
    yield one
    one.close()


def flags(server: Dovecot, folder: str, criteria: str) -> list[int]:
    """UIDs that another program finds so."""
    other = ImapMailbox(replace(settings(server, folder), after="keep"))
    try:
        found = other.checked().uid("SEARCH", *criteria.split())[0]
        return [int(word) for word in found.split()] if isinstance(found, bytes) else []
    finally:
        other.close()


def test_a_mail_is_told_once_it_is_marked_no_more_and_stays_unseen(server: Dovecot, box: ImapMailbox) -> None:
    folder = "a_mail_is_told_once_it_is_marked_no_more_and_stays_unseen"
    server.deliver(NOTE % b"second", folder)
    first, second = box.new()
    assert box.fetch(first) == NOTE % b"first"
    assert first.size == len(NOTE % b"first")
    assert abs((first.arrived or 0) - time.time()) < 60
    box.mark(first, Outcome.PARSED)
    box.mark(first, Outcome.PARSED)  # twice harms nothing
    box.mark(second, Outcome.FAILED)
    assert list(box.new()) == []
    assert flags(server, folder, f"KEYWORD {SUCCESS}") == [1]
    assert flags(server, folder, f"KEYWORD {EXCEPTION}") == [2]
    box.mark(second, Outcome.PARSED)  # read again after a fix
    assert flags(server, folder, f"KEYWORD {EXCEPTION}") == []
    assert flags(server, folder, "UNSEEN") == [1, 2]


def test_what_is_moved_lies_in_a_folder_that_is_made(server: Dovecot) -> None:
    server.deliver(NOTE % b"moved", "moving")
    box = ImapMailbox(settings(server, "moving", after="move", success="Käse & Söhne"))
    letters = list(box.new())
    for letter in letters:
        box.mark(letter, Outcome.IGNORED)
    assert list(box.new()) == []
    box.mark(letters[0], Outcome.IGNORED)  # it is gone, and that is no error
    with pytest.raises(GoneError):
        box.fetch(letters[0])
    box.close()
    there = ImapMailbox(settings(server, "Käse & Söhne"))
    assert there.fetch(next(iter(there.new()))) == NOTE % b"moved"
    there.close()


def test_where_nothing_is_to_be_marked_all_is_told_after_each_start(server: Dovecot) -> None:
    server.deliver(NOTE % b"kept", "kept")
    for _ in range(2):
        box = ImapMailbox(settings(server, "kept", after="keep"))
        (letter,) = box.new()
        assert list(box.new()) == [letter]  # it is in no ledger yet
        box.mark(letter, Outcome.PARSED)
        assert list(box.new()) == []
        assert not box.checked().writes
        box.close()


def test_when_the_server_counts_anew_every_place_is_new(server: Dovecot, box: ImapMailbox) -> None:
    folder = "when_the_server_counts_anew_every_place_is_new"
    (before,) = box.new()
    box.close()
    server.count_anew(folder)
    box = ImapMailbox(settings(server, folder))
    (after,) = box.new()
    assert after.place != before.place
    with pytest.raises(GoneError, match="anew"):
        box.fetch(before)
    box.mark(before, Outcome.PARSED)  # of a mail that nobody knows any more: nothing
    assert list(box.new()) == [after]
    box.close()


def test_idling_is_told_of_a_mail_at_once(server: Dovecot, box: ImapMailbox) -> None:
    (first,) = box.new()
    box.mark(first, Outcome.PARSED)
    timer = threading.Timer(0.2, server.deliver, (NOTE % b"late", "idling_is_told_of_a_mail_at_once"))
    timer.start()
    began = time.monotonic()
    box.wait(30)
    timer.join()
    assert time.monotonic() - began < 10
    assert [box.fetch(letter) for letter in box.new()] == [NOTE % b"late"]


def test_waiting_ends_when_it_is_woken(box: ImapMailbox) -> None:
    list(box.new())
    timer = threading.Timer(0.1, box.wake)
    timer.start()
    began = time.monotonic()
    box.wait(30)
    timer.join()
    box.wait(30)  # and from now on at once
    assert time.monotonic() - began < 5


def test_a_connection_that_broke_is_made_again(box: ImapMailbox) -> None:
    (letter,) = box.new()
    box.checked().wire.shutdown()
    assert box.fetch(letter) == NOTE % b"first"
    box.checked().wire.shutdown()
    box.wait(0.01)
    assert list(box.new()) == [letter]


def test_of_a_mail_with_a_huge_attachment_its_head_and_tail_are_fetched(server: Dovecot) -> None:
    head = b"Message-ID: <huge@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nfirst text\r\n"
    huge = b"--b\r\nContent-Type: application/pdf\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 700_000
    server.deliver(head + huge + b"--b\r\n\r\nlast text\r\n--b--\r\n", "huge")
    box = ImapMailbox(settings(server, "huge"))
    (letter,) = box.new()
    data = box.fetch(letter)
    box.close()
    assert (letter.size or 0) > 50_000_000
    assert len(data) <= MOST
    assert data.startswith(head)
    assert data.endswith(b"last text\r\n--b--\r\n")


def test_encrypted_with_a_certificate_that_is_believed(server: Dovecot) -> None:
    server.deliver(NOTE % b"tls", "tls")
    url = f"imaps://localhost:{server.tls_port}"
    box = ImapMailbox(replace(settings(server, "tls"), url=url, ca_file=server.certificate))
    assert [box.fetch(letter) for letter in box.new()] == [NOTE % b"tls"]
    box.wait(0.05)
    box.close()


def test_encrypted_after_a_greeting_in_the_clear(server: Dovecot) -> None:
    server.deliver(NOTE % b"starttls", "starttls")
    made = replace(settings(server, "starttls"), url=f"imap://localhost:{server.port}", ca_file=server.certificate)
    box = ImapMailbox(made)
    assert [box.fetch(letter) for letter in box.new()] == [NOTE % b"starttls"]
    assert isinstance(box.checked().wire.sock, ssl.SSLSocket)
    box.close()


@pytest.mark.parametrize(
    ("changed", "said", "lasting"),
    [
        ({"secret": "wrong-password"}, "refuses noc: Authentication failed.; check its user and secret", True),
        ({"user": "nobody@x"}, "refuses nobody@x: Authentication failed.; check its user and secret", True),
        ({"folder": "no such"}, "opens no folder no such", True),
        ({"url": "imaps://localhost:{tls}"}, "its certificate is not believed: self-signed certificate; see ca_file",
         True),
        ({"url": "imaps://127.0.0.1:{plain}"}, "it speaks no TLS there", True),
        ({"url": "imap://127.0.0.1:{closed}"}, "refuses connections: is the port right?", False),
        ({"url": "imap://no-such-host.invalid"}, "no-such-host.invalid has no address", False),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(server: Dovecot, changed: dict[str, str], said: str, lasting: bool) -> None:
    ports = {"tls": server.tls_port, "plain": server.port, "closed": free_port()}
    box = ImapMailbox(settings(server, **{k: v.format(**ports) for k, v in changed.items()}))
    with pytest.raises(MailboxError) as found:
        list(box.new())
    box.close()
    assert found.value.text.startswith("mailbox noc: ")
    assert said in found.value.text.replace("self signed", "self-signed")
    assert "\n" not in found.value.text
    assert SECRET not in found.value.text
    assert "wrong-password" not in found.value.text
    assert found.value.lasting is lasting


@pytest.mark.parametrize("url", ["pop3://x", "imaps://", "imaps://noc:secret@x", "imaps://x:port", ""])
def test_a_url_that_names_no_server_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(MailboxError, match=r"^mailbox noc: its url") as found:
        ImapMailbox(MailboxSettings(name="noc", kind="imap", url=url))
    assert found.value.lasting
    assert "secret@" not in found.value.text


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    box = ImapMailbox(MailboxSettings(name="noc", kind="imap", url="imaps://x", ca_file=tmp_path / "ca.pem"))
    with pytest.raises(MailboxError, match="holds no certificates"):
        list(box.new())
    box.close()
