"""Mailboxes of carriers' notices: each reached, its folder there, marks allowed. Nothing is fetched, nothing marked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check
from noctui.mail_settings import MailboxSettings, MailSettings
from noctui.sources.mail.box import MailboxError

SECONDS = 10.0
"""How long a server may take to answer."""
AREA = "mail"


def mails(told: MailSettings, offline: bool) -> Iterator[Check]:
    if not told.mailboxes:
        yield Check(
            AREA, NOTE, "no mailbox: carriers' notices are not read", "[[mailbox]] in noctui.toml: see docs/notices.md"
        )
    for one in told.mailboxes:
        one = replace(one, timeout=min(SECONDS, one.timeout))
        if one.kind in ("folder", "maildir"):
            yield _folder(one)
        elif offline:
            yield Check(AREA, NOTE, f"{one.name}: not looked at (--offline)")
        else:
            try:
                yield _imap(one) if one.kind == "imap" else _zammad(one)
            except MailboxError as error:
                yield Check(AREA, FAIL, error.text.removeprefix("mailbox "))


def _folder(one: MailboxSettings) -> Check:
    where = f"{one.name}: {one.kind} {one.path}"
    if not one.path.is_dir():
        return Check(AREA, FAIL, f"{where} is not there", "make it, or set mailbox.path")
    if one.kind == "maildir" and not ((one.path / "new").is_dir() and (one.path / "cur").is_dir()):
        return Check(AREA, FAIL, f"{where} is no Maildir: it has no new and cur", 'kind = "folder" for plain files')
    if not os.access(one.path, os.R_OK | os.X_OK):
        return Check(AREA, FAIL, f"{where} cannot be read by you", "chown or chmod it")
    if one.after != "keep" and not os.access(one.path, os.W_OK):
        todo = 'chown or chmod it, or set after = "keep"'
        return Check(AREA, WARN, f"{where} cannot be written by you: what was read stays where it is", todo)
    return Check(AREA, OK, where)


def _imap(one: MailboxSettings) -> Check:
    from noctui.sources.mail.imap import ImapMailbox

    box = ImapMailbox(one)
    try:
        session = box.checked()
        waiting = box.waiting()
        pace = "it tells of new ones" if session.idles else f"asked every {one.seconds:g} s"
        found = f"{one.name}: {one.url}, folder {session.folder}: {waiting:,} mail{'s' * (waiting != 1)}, {pace}"
        if one.after == "keep" or session.marks:
            return Check(AREA, OK, found)
        if not session.writes:
            todo = 'give its user the right to, or set after = "keep"'
            return Check(AREA, WARN, f"{found}; nothing in it may be changed, so nothing is marked", todo)
        todo = 'success and exception without blanks, or after = "move"'
        return Check(AREA, WARN, f"{found}; it keeps no labels, so nothing is marked", todo)
    finally:
        box.close()


def _zammad(one: MailboxSettings) -> Check:
    from noctui.sources.mail.zammad import ZammadMailbox

    box = ZammadMailbox(one)
    try:
        who, waiting = box.checked()
    finally:
        box.close()
    where = f"{one.name}: {one.url}" + (f", group {one.folder}" if one.folder else "")
    if waiting is None:
        todo = "check mailbox.folder, mailbox.query, and which groups the token may read"
        return Check(AREA, WARN, f"{where}: {who} sees no ticket there", todo)
    return Check(
        AREA,
        OK,
        f"{where}: {who} sees {waiting:,}{'+' if waiting >= 100 else ''} ticket{'s' * (waiting != 1)} without a mark",
    )
