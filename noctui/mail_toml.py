"""`[[mailbox]]` and `[[provider]]` of noctui.toml, read strictly: what is wrong is said with its key.

A secret may be a variable of the environment or `.env`, `secret = "${IMAP_PASSWORD}"`, or lie in a file,
`secret_file = "/run/secrets/imap"`, or be printed by a command, `secret_command = ["pass", "show", "imap"]`, so that
noctui.toml holds none. No error quotes one. Access tokens change: their files and commands are looked at when somebody
logs in (`sources.mail.tokens`).
"""

from __future__ import annotations

import difflib
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from noctui.alarm_toml import seconds
from noctui.mail_settings import AFTER, AUTHS, KINDS, OAUTH, MailboxSettings, MailSettings

MOST = 1000
"""Tables of a kind, and characters of a text."""
MOST_SECRET = 100_000
SCHEMES = {"imap": ("imap", "imaps"), "zammad": ("http", "https")}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NAME = re.compile(r"[\w.-][\w. -]{0,63}")


class MailError(ValueError):
    """What is wrong at `key` of table number `nth` of its kind."""

    def __init__(self, table: str, key: str, text: str, nth: int) -> None:
        super().__init__(text)
        self.table, self.key, self.text, self.nth = table, key, text, nth


Read = Callable[[Any], Any]


def read_mails(mailboxes: Any, providers: Any, env: Mapping[str, str]) -> MailSettings:
    """From the parsed tables. Raises MailError."""
    made: list[MailboxSettings] = []
    for nth, tree in enumerate(_tables("mailbox", mailboxes)):
        one = _mailbox(tree, env, nth)
        if any(one.name == other.name for other in made):
            raise MailError("mailbox", "name", f"mailbox.name: two mailboxes are called {one.name!r}", nth)
        made.append(one)
    return MailSettings(tuple(made), _providers(providers))


def _mailbox(tree: Mapping[str, Any], env: Mapping[str, str], nth: int) -> MailboxSettings:
    values: dict[str, Any] = {}
    for key, value in tree.items():
        read = _MAILBOX.get(key)
        if read is None:
            near = difflib.get_close_matches(key, _MAILBOX, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(_MAILBOX)}"
            raise MailError("mailbox", key, f"no setting mailbox.{key}{hint}", nth)
        try:
            values[key] = read(value)
        except ValueError as error:
            raise MailError("mailbox", key, f"mailbox.{key} {error}", nth) from None
    _secret(values, env, nth)
    for key in ("name", "kind"):
        if not values.get(key):
            raise MailError("mailbox", "", f"mailbox: a mailbox needs a {key}", nth)
    made = MailboxSettings(**values)
    for key, why in _faults(made):
        raise MailError("mailbox", key, f"mailbox.{key} {why}", nth)
    return made


def _faults(one: MailboxSettings) -> list[tuple[str, str]]:
    """(key, what is wrong with it)."""
    found = []
    if one.kind in SCHEMES:
        try:
            url = urlsplit(one.url)
            fine = url.scheme in SCHEMES[one.kind] and url.hostname and url.port != 0
        except ValueError:
            return [("url", "is no URL")]
        if not fine:
            found.append(("url", f"must be a URL that begins with {'://, or '.join(SCHEMES[one.kind])}://"))
        elif url.password or url.username:
            found.append(("url", "must not hold a user or a password: use user and secret"))
        if one.path != Path():
            found.append(("path", f"is for folders and Maildirs; {one.kind} has a url"))
    elif one.path == Path():
        found.append(("path", f"must say where the {one.kind} lies"))
    elif not one.path.is_absolute():
        found.append(("path", "must begin with / or ~: a service has another folder to start from"))
    if one.kind != "imap":
        found += [(key, f"is for imap; {one.kind} has none") for key in ("auth", "secret_command") if _set(one, key)]
    elif one.auth == OAUTH and not (one.secret or one.secret_file or one.secret_command):
        found.append(("auth", "oauth2 needs an access token: secret, secret_file or secret_command"))
    elif one.auth == OAUTH and not one.user:
        found.append(("auth", "oauth2 needs the user whose mailbox it is"))
    if one.after == "label" and one.kind not in SCHEMES:
        found.append(("after", "must be move or keep: files bear no labels"))
    if one.after == "move" and one.kind == "zammad":
        found.append(("after", "must be label or keep: tickets are not moved"))
    if one.success == one.exception:
        found.append(("exception", "must differ from success"))
    return found


def _set(one: MailboxSettings, key: str) -> bool:
    return bool(getattr(one, key) != getattr(MailboxSettings(one.name, one.kind), key))


def _secret(values: dict[str, Any], env: Mapping[str, str], nth: int) -> None:
    """Put in what a variable or a file holds. Raises MailError."""
    file = values.get("secret_file")
    given = [key for key in ("secret", "secret_file", "secret_command") if values.get(key)]
    if len(given) > 1:
        raise MailError("mailbox", given[1], f"mailbox.{given[1]}: there is a {given[0]} already", nth)
    if file is not None and values.get("auth") == OAUTH:
        return
    values.pop("secret_file", None)
    if file is None:
        text = values.get("secret", "")
        for name in _VARIABLE.findall(text):
            if not env.get(name):
                raise MailError("mailbox", "secret", f"mailbox.secret names ${{{name}}}, which is not set", nth)
        values["secret"] = _VARIABLE.sub(lambda m: env[m[1]], text)
        return
    try:
        about = file.stat()
        if stat.S_ISREG(about.st_mode) and about.st_mode & 0o007:
            raise MailError("mailbox", "secret_file", f"mailbox.secret_file: everybody may read or write {file}", nth)
        values["secret"] = file.read_text()[:MOST_SECRET].strip()
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no text"
        raise MailError("mailbox", "secret_file", f"mailbox.secret_file: {file} cannot be read: {why}", nth) from None


def _providers(tree: Any) -> tuple[Mapping[str, Any], ...]:
    rows = _tables("provider", tree)
    if rows:
        from noctui.planned.providers import ProviderError, of_settings

        for nth, row in enumerate(rows):
            try:
                of_settings([row])
            except ProviderError as error:
                word = str(error).partition(": ")[2].partition(" ")[0]
                raise MailError("provider", word if word in row else "", str(error), nth) from None
    return tuple(rows)


def _tables(name: str, tree: Any) -> list[Mapping[str, Any]]:
    if not isinstance(tree, list) or not all(isinstance(one, Mapping) for one in tree):
        raise MailError(name, "", f"{name} must be written with two brackets: [[{name}]]", 0)
    if len(tree) > MOST:
        raise MailError(name, "", f"there are more than {MOST} [[{name}]]", MOST)
    return tree


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST or any(ord(c) < 32 for c in value):
        raise ValueError(f"must be a text of one line and at most {MOST} characters")
    return value.strip()


def _name(value: Any) -> str:
    """Of a mailbox, a folder or a label."""
    text = _text(value)
    if not _NAME.fullmatch(text) or text.strip(".") == "":
        raise ValueError("must be a name of letters, digits, blanks, dots, - and _")
    return text


def _path(value: Any) -> Path:
    text = _text(value)
    if not text:
        raise ValueError("must name a file or folder")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("names the home of somebody who has none here") from None


def _words(value: Any) -> tuple[str, ...]:
    """A command and its arguments; no shell reads them."""
    if not isinstance(value, list) or not value or len(value) > 100:
        raise ValueError('must be a list of words, such as ["pass", "show", "imap"]')
    words = tuple(_text(word) for word in value)
    if not words[0]:
        raise ValueError("must begin with a program")
    return words


def _one_of(words: tuple[str, ...]) -> Read:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return str(value)

    return read


def _between(low: float, high: float) -> Read:
    def read(value: Any) -> float:
        found = seconds(value)
        if not low <= found <= high:
            raise ValueError(f"must be from {low:g} to {high:g} seconds")
        return found

    return read


_MAILBOX: dict[str, Read] = {
    "name": _name, "kind": _one_of(KINDS), "path": _path, "url": _text, "user": _text, "secret": _text,
    "secret_file": _path, "secret_command": _words, "auth": _one_of(AUTHS),
    "folder": _text, "query": _text, "ca_file": _path, "after": _one_of(AFTER),
    "success": _name, "exception": _name, "seconds": _between(1.0, 86_400.0), "timeout": _between(1.0, 600.0),
}  # fmt: skip

__all__ = ["MailError", "read_mails"]
