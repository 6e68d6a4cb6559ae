"""Hostile mails in a mailbox, over IMAP and in a helpdesk: each is fetched and marked, and read in bounded time and
memory; so is the good one among them."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctui.mail_settings import MailboxSettings
from noctui.model.notices import Outcome
from noctui.planned.reading import read
from noctui.sim.helpdesk import Helpdesk
from noctui.sources.mail.box import MOST, Mailbox
from noctui.sources.mail.imap import ImapMailbox
from noctui.sources.mail.zammad import ZammadMailbox
from tests.dovecot import SECRET, dovecot
from tests.sources.mail.hostile import GOOD, MAILS

SECONDS = 5.0
"""For any one of them; the slowest takes a tenth of it on a slow machine."""


def drained(box: Mailbox) -> list[bytes]:
    """All that is new, each marked."""
    found = []
    for letter in box.new():
        found.append(box.fetch(letter))
        assert len(found[-1]) <= MOST
        box.mark(letter, Outcome.FAILED)
    assert list(box.new()) == []
    return found


def plain(mails: Iterable[bytes]) -> list[bytes]:
    """As a Maildir hands them out: line ends are the server's, and bytes of 0 have no place in IMAP."""
    return sorted(m.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"\x80") for m in mails)


def test_over_imap() -> None:
    with dovecot() as server:
        mails = [*MAILS.values(), GOOD]
        for mail in mails:
            server.deliver(mail)
        url = f"imap://127.0.0.1:{server.port}"
        box = ImapMailbox(MailboxSettings(name="noc", kind="imap", url=url, user="noc", secret=SECRET))
        found = drained(box)
        box.close()
    assert GOOD in found
    assert plain(found) == plain(mails)


async def test_in_a_helpdesk() -> None:
    desk = Helpdesk("token")
    await desk.start()
    mails = [*MAILS.values(), GOOD]
    for mail in mails:
        desk.receive(mail)
    box = ZammadMailbox(MailboxSettings(name="desk", kind="zammad", url=desk.url, secret="token"))
    assert await asyncio.to_thread(drained, box) == mails
    box.close()
    await desk.close()
    assert sum(bool(t.tags) for t in desk.tickets.values()) == len(mails)


@pytest.mark.parametrize("kind", MAILS)
def test_each_is_read_in_time_and_says_what_is_wrong_with_it(kind: str) -> None:
    began = time.monotonic()
    notice = read(MAILS[kind])
    assert time.monotonic() - began < SECONDS
    assert notice.outcome is not Outcome.PARSED
    assert all(f.said.isprintable() for f in notice.faults)


@pytest.mark.parametrize("kind", ["messages in messages", "parts in parts", "boundaries without an end"])
def test_one_takes_no_more_memory_than_a_few_of_its_texts(kind: str) -> None:
    tracemalloc.start()
    try:
        read(MAILS[kind])
        assert tracemalloc.get_traced_memory()[1] < 48 * 2**20
    finally:
        tracemalloc.stop()


def test_the_good_one_is_read() -> None:
    assert read(GOOD).outcome is Outcome.PARSED


PIECES = st.sampled_from(
    [
        b"--b\r\n", b"--b--\r\n", b"\r\n", b"\n", b"\r", b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: message/rfc822\r\n", b"Content-Type: text/html; charset=utf-16\r\n", b"\xff\xfe", b"\x00",
        b"Content-Transfer-Encoding: base64\r\n", b"U3RhcnQ6\r\n", b"=3D=\r\n", b"Subject: =?utf-8?B?gA==?=\r\n",
        b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"DTSTART:20260310T040000Z\r\n",
        b"Start: 2026-03-14 04:00 UTC\r\n", b"End: 08:00\r\n", b"<table><tr><td>", b"</td>", b"From: noc@zayo.com\r\n",
    ]
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(PIECES, st.binary(max_size=40)), max_size=60).map(b"".join), st.integers(1, 100))
def test_any_pieces_of_mails_again_and_again_are_read_in_time(piece: bytes, times: int) -> None:
    began = time.monotonic()
    notice = read(piece * times)
    assert time.monotonic() - began < SECONDS
    assert notice.key
