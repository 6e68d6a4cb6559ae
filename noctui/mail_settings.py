"""What may be set about carriers' notices: `[[mailbox]]`, where they are read; `[[provider]]`, whose an address is.

Plain values alone: `mail_toml` reads them from noctui.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = ("folder", "maildir", "imap", "zammad")
"""Where mails lie: files of a folder, a Maildir, an IMAP server's folder, tickets of a Zammad helpdesk."""
AFTER = ("move", "label", "keep")
"""What is done to a mail that was read: moved to a folder, given a label (keyword, tag), or nothing: the ledger of
mails alone tells that it was read."""
PASSWORD, OAUTH = AUTHS = ("password", "oauth2")
"""How an IMAP server is told who reads: by a password, or by an access token (XOAUTH2, OAUTHBEARER)."""
SUCCESS, EXCEPTION = "MaintParseSuccess", "MaintParseException"
"""Names of the folders or labels: for what was read (and what is about something else), and for what waits for a
person."""


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """One `[[mailbox]]`. `secret` is a password or token, taken from the environment or a file, never shown. An access
    token's `secret_file` is read anew at each login; `secret_command` is run for the password or token.

    `folder` is the IMAP folder, or the Zammad group; `query` narrows what is asked of Zammad. `after` "" is the kind's
    own: move for folders and Maildirs, label for IMAP and Zammad.
    """

    name: str
    kind: str  # of KINDS
    path: Path = Path()  # folder, maildir
    url: str = ""  # imap://host:143, imaps://host, https://helpdesk.example
    user: str = ""
    secret: str = field(default="", repr=False)
    auth: str = PASSWORD  # of AUTHS
    secret_file: Path | None = None  # of an access token
    secret_command: tuple[str, ...] = field(default=(), repr=False)
    folder: str = ""
    query: str = ""
    ca_file: Path | None = None
    after: str = ""  # of AFTER, or ""
    success: str = SUCCESS
    exception: str = EXCEPTION
    seconds: float = 60.0  # between looks
    timeout: float = 30.0  # seconds an answer may take


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`providers` are rows as `planned.providers.of_settings` reads them; they have been tried."""

    mailboxes: tuple[MailboxSettings, ...] = ()
    providers: tuple[Mapping[str, Any], ...] = ()


NO_MAIL = MailSettings()
