"""`noctui doctor` on mailboxes: real files, a real IMAP server, a helpdesk that answers as Zammad does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from noctui.doctor.mail import mails
from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check
from noctui.mail_settings import NO_MAIL, MailboxSettings, MailSettings
from noctui.sim.helpdesk import Helpdesk
from tests.dovecot import SECRET, Dovecot, dovecot
from tests.sources.mail.liar import liar, polite

NOTE_MAIL = b"Subject: works\r\n\r\nhello\r\n"


def looked(one: MailboxSettings, offline: bool = False) -> Check:
    (check,) = mails(MailSettings((one,)), offline)
    return check


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as one:
        yield one


def imap(server: Dovecot) -> MailboxSettings:
    url = f"imap://127.0.0.1:{server.port}"
    return MailboxSettings(name="noc", kind="imap", url=url, user="noc", secret=SECRET)


def test_without_a_mailbox_it_says_where_one_is_set() -> None:
    (check,) = mails(NO_MAIL, False)
    assert check.verdict == NOTE
    assert "[[mailbox]]" in check.todo


def test_a_mailbox_that_is_reached_and_may_be_marked(server: Dovecot) -> None:
    server.deliver(NOTE_MAIL)
    check = looked(imap(server))
    assert check == Check(
        "mail", OK, f"noc: imap://127.0.0.1:{server.port}, folder INBOX: 1 mail, it tells of new ones"
    )


def test_labels_that_no_keyword_can_be_are_said(server: Dovecot) -> None:
    check = looked(replace(imap(server), success="Maint Parse Success"))
    assert check.verdict == WARN
    assert "it keeps no labels" in check.text
    assert looked(replace(imap(server), success="Maint Parse Success", after="move")).verdict == OK


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"secret": "wrong-password"}, "refuses noc: Authentication failed.; check its user and secret"),
        ({"folder": "nowhere"}, "opens no folder nowhere"),
        ({"url": "imap://no-such-host.invalid"}, "has no address: check the name and DNS"),
    ],
)
def test_what_fails_says_what_to_do(server: Dovecot, changed: dict[str, str], said: str) -> None:
    check = looked(replace(imap(server), **changed))  # type: ignore[arg-type]
    assert check.verdict == FAIL
    assert check.text.startswith("noc: ")
    assert said in check.text
    assert "wrong-password" not in check.text


def test_a_folder_that_may_only_be_read_is_said() -> None:
    def answer(tag: str, command: str) -> bytes:
        if command.startswith(("SELECT", "EXAMINE")):
            return f"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n{tag} OK [READ-ONLY] .\r\n".encode()
        return polite(tag, command)

    with liar(answer) as port:
        one = MailboxSettings(name="noc", kind="imap", url=f"imap://127.0.0.1:{port}", user="u", secret="s3cret")
        check = looked(one)
        assert (check.verdict, looked(replace(one, after="keep")).verdict) == (WARN, OK)
    assert "nothing in it may be changed" in check.text
    assert "asked every 60 s" in check.text


async def test_a_helpdesk() -> None:
    desk = Helpdesk("token-0123456789")
    await desk.start()
    desk.receive(NOTE_MAIL)
    one = MailboxSettings(name="desk", kind="zammad", url=desk.url, secret="token-0123456789", folder="NOC")
    check = await asyncio.to_thread(looked, one)
    assert check.verdict == OK
    assert check.text.endswith("group NOC: noctui@helpdesk.example sees 1 ticket without a mark")
    check = await asyncio.to_thread(looked, replace(one, folder="NOCC"))
    assert check.verdict == WARN
    assert "sees no ticket there" in check.text
    check = await asyncio.to_thread(looked, replace(one, secret="another-token"))
    assert check.verdict == FAIL
    assert "its token is refused" in check.text
    assert not desk.tickets[1].tags
    await desk.close()


def test_offline_asks_nobody(server: Dovecot) -> None:
    assert looked(imap(server), offline=True) == Check("mail", NOTE, "noc: not looked at (--offline)")


def test_folders_and_maildirs(tmp_path: Path) -> None:
    one = MailboxSettings(name="drop", kind="folder", path=tmp_path)
    assert looked(one, offline=True).verdict == OK
    assert looked(replace(one, path=tmp_path / "no")).todo == "make it, or set mailbox.path"
    assert "is no Maildir" in looked(replace(one, kind="maildir")).text
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    assert looked(replace(one, kind="maildir")).verdict == OK


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    one = MailboxSettings(name="drop", kind="folder", path=tmp_path)
    assert (looked(one).verdict, looked(replace(one, after="keep")).verdict) == (WARN, OK)
