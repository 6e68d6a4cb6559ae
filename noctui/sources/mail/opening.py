"""A mailbox of the settings → what reads it; of each kind only what is used is imported."""

from __future__ import annotations

from importlib import import_module

from noctui.mail_settings import MailboxSettings
from noctui.sources.mail.box import Mailbox, MailboxError

_MAKERS = {
    "folder": ("noctui.sources.mail.folder", "FolderMailbox"),
    "maildir": ("noctui.sources.mail.maildir", "MaildirMailbox"),
    "imap": ("noctui.sources.mail.imap", "ImapMailbox"),
    "zammad": ("noctui.sources.mail.zammad", "ZammadMailbox"),
}
"""Kind → module and class; the class takes the MailboxSettings."""


def open_mailbox(settings: MailboxSettings) -> Mailbox:
    """Nothing is connected yet. Raises MailboxError for a kind that is not here."""
    module, name = _MAKERS[settings.kind]
    try:
        made: Mailbox = getattr(import_module(module), name)(settings)
    except ImportError as error:
        raise MailboxError(f"mailbox {settings.name}: {settings.kind} cannot be read here: {error}", True) from error
    return made
