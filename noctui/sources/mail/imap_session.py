"""A connection that is logged in and has its folder open: what the server can do, and the few things asked of it."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Sequence

from noctui.mail_settings import OAUTH, MailboxSettings
from noctui.sources.mail.imap_wire import Wire
from noctui.sources.mail.imap_words import code, folder_name, quoted
from noctui.sources.mail.net import Server, failed, plain, tls
from noctui.sources.mail.tokens import Secret

_KEYWORD = re.compile(r"[!#$&'+,./0-9:;<=>?@A-Z^_`a-z|}~-]+")
_PASSING = frozenset(("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN", "OVERQUOTA"))


def opened(settings: MailboxSettings, server: Server, secret: Secret) -> Session:
    """Connected, encrypted, logged in, folder selected. Raises MailboxError, and what `Wire` raises."""
    bare = server.scheme == "imap" and server.near and settings.ca_file is None
    context = None if bare else tls(settings)
    wire = Wire(server, settings.timeout, context)
    try:
        able = _able(wire)
        if context is not None and server.scheme == "imap":
            if "STARTTLS" not in able:
                why = f"{server.said} does not encrypt, and a password must not be read on the way: use imaps://"
                raise failed(settings, why, lasting=True)
            wire.allow()
            wire.begin_tls(context)
            able = _able(wire)
        _logged_in(settings, server, wire, able, secret)
        return Session(settings, server, wire, _able(wire))
    except BaseException:
        wire.shutdown()
        raise


def _able(wire: Wire) -> frozenset[str]:
    wire.allow()
    _, data = wire.capability()
    return frozenset(str(data[-1] or b"", "ascii", "replace").upper().split())


def _logged_in(settings: MailboxSettings, server: Server, wire: Wire, able: frozenset[str], secret: Secret) -> None:
    """A token or password that is refused is asked for once more where it may have changed since: it had run out."""
    try:
        return _tried(settings, server, wire, able, secret.now())
    except _RefusedError as error:
        if not secret.again():
            raise failed(settings, error.text, lasting=True) from None
    try:
        _tried(settings, server, wire, able, secret.now())
    except _RefusedError as error:
        raise failed(settings, error.text, lasting=True) from None


def _tried(settings: MailboxSettings, server: Server, wire: Wire, able: frozenset[str], secret: str) -> None:
    """Log in with this one. Raises _RefusedError, and what `opened` raises."""
    wire.allow()
    user = settings.user
    try:
        if settings.auth == OAUTH:
            by = next((name for name in _BEARERS if f"AUTH={name}" in able), None)
            if by is None:
                raise failed(settings, f"{server.said} lets nobody log in with an access token", lasting=True)
            wire.authenticate(by, _BEARERS[by](user, secret, server))
        elif "AUTH=PLAIN" in able:
            wire.authenticate("PLAIN", lambda _: f"\0{user}\0{secret}".encode())
        elif "LOGINDISABLED" in able:
            raise failed(settings, f"{server.said} lets nobody log in with a password", lasting=True)
        else:
            wire.login(quoted(user), secret)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeError) as error:
        said = error.args[0] if error.args else b""
        said = said if isinstance(said, bytes) else str(said).encode()
        why = plain(re.sub(rb"^\[[^\]]*\]\s*", b"", said))
        why = why.replace(secret, "…") if secret else why
        if code(said) in _PASSING:
            raise failed(settings, f"{server.said} lets nobody in just now: {why}") from None
        todo = "access token" if settings.auth == OAUTH else "user and secret"
        raise _RefusedError(f"{server.said} refuses {user or '(no user)'}: {why}; check its {todo}") from None


class _RefusedError(Exception):
    """The server is there, and does not let in who comes with this."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _oauthbearer(user: str, token: str, server: Server) -> Callable[[bytes], bytes]:
    """RFC 7628. A server that refuses tells why in a challenge, which wants a last word before it says no."""
    name = user.replace("=", "=3D").replace(",", "=2C")
    first = f"n,a={name},\x01host={server.host}\x01port={server.port}\x01auth=Bearer {token}\x01\x01".encode()
    return lambda challenge: b"\x01" if challenge else first


def _xoauth2(user: str, token: str, server: Server) -> Callable[[bytes], bytes]:
    """As Google and Microsoft have it."""
    first = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
    return lambda challenge: b"" if challenge else first


_BEARERS = {"OAUTHBEARER": _oauthbearer, "XOAUTH2": _xoauth2}
"""Ways to say an access token, the standard's own first."""


class Session:
    """`validity` is the folder's UIDVALIDITY; `writes` whether anything in it may be changed, and is to be; `marks`
    whether it takes our labels; `unmarked` are the words of a search for what bears none."""

    def __init__(self, settings: MailboxSettings, server: Server, wire: Wire, able: frozenset[str]) -> None:
        self.wire, self._settings, self._server, self._able = wire, settings, server, able
        self.folder = settings.folder or "INBOX"
        self.idles = "IDLE" in able
        self.google = "X-GM-EXT-1" in able
        self.writes = settings.after != "keep"
        self.validity = self._selected()
        flags = self._words("PERMANENTFLAGS")
        names = (settings.success, settings.exception)
        keywords = all(_KEYWORD.fullmatch(n) for n in names)
        free = keywords and ("\\*" in flags or all(n.upper() in flags for n in names))
        self.marks = self.writes and (settings.after == "move" or self.google or free)

    @property
    def unmarked(self) -> tuple[str, ...]:
        if self._settings.after == "move" or not self.marks:
            return ()
        names = (self._settings.success, self._settings.exception)
        if self.google:
            return ("X-GM-RAW", quoted(" ".join(f'-label:"{n}"' for n in names)))
        return tuple(word for name in names for word in ("UNKEYWORD", name))

    @property
    def told(self) -> bool:
        """Whether a new mail was told of since `fresh`."""
        return bool(self.wire.untagged_responses.get("EXISTS"))

    def fresh(self) -> None:
        """Hear what is new, as some servers tell only when asked; what was told until now is forgotten."""
        self.wire.allow()
        self.wire.noop()
        self.wire.untagged_responses.clear()

    def uid_of(self, place: str) -> int | None:
        """The UID of a place; None when the server counts anew since it was named."""
        validity, _, uid = place.partition(".")
        return int(uid) if validity == self.validity and uid.isascii() and uid.isdigit() else None

    def uid(self, command: str, *words: str) -> Sequence[object]:
        """Raises imaplib.IMAP4.error when the answer is no."""
        kind, data = self.wire.uid(command, *words)
        if kind != "OK":
            raise imaplib.IMAP4.error(plain(data[-1] or b"no") if data else "no")
        return data

    def label(self, uid: int, ours: str, other: str) -> None:
        what = "X-GM-LABELS" if self.google else "FLAGS.SILENT"
        for sign, name in (("+", ours), ("-", other)):
            self.uid("STORE", str(uid), f"{sign}{what}", f"({quoted(name) if self.google else name})")

    def move(self, uid: int, folder: str) -> None:
        """To a folder, which is made when it is not there."""
        command = "MOVE" if "MOVE" in self._able else "COPY"
        name = folder_name(folder)
        try:
            self.uid(command, str(uid), name)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            self.wire.create(name)
            self.uid(command, str(uid), name)
        if command == "COPY":
            self.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)")
            if "UIDPLUS" in self._able:
                self.uid("EXPUNGE", str(uid))

    def _selected(self) -> str:
        self.wire.allow()
        name = folder_name(self.folder)
        try:
            kind, data = self.wire.select(name, readonly=not self.writes)
        except imaplib.IMAP4.readonly:
            self.writes = False
            kind, data = self.wire.select(name, readonly=True)
        if kind != "OK":
            why = plain(data[-1] or b"") if data else ""
            raise failed(self._settings, f"{self._server.said} opens no folder {self.folder}: {why}", lasting=True)
        validity = (self.wire.untagged_responses.get("UIDVALIDITY") or [b""])[-1]
        return validity.decode("ascii", "replace") if isinstance(validity, bytes) else ""

    def _words(self, name: str) -> frozenset[str]:
        last = (self.wire.untagged_responses.get(name) or [b""])[-1]
        return (
            frozenset(str(last, "ascii", "replace").upper().strip("()").split())
            if isinstance(last, bytes)
            else frozenset()
        )
