"""What IMAP and Zammad share: where a server is, how encryption is begun, and what a connection's errors mean in one
line."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from noctui.mail_settings import MailboxSettings
from noctui.sources.mail.box import MailboxError


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mailbox is asked. `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def said(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def near(self) -> bool:
        """This machine itself: what is said to it goes over no wire."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def server_of(settings: MailboxSettings, ports: dict[str, int]) -> Server:
    """From the settings' URL; `ports` are the schemes there are with their usual ports. Raises MailboxError."""
    schemes = " or ".join(f"{scheme}://" for scheme in ports)
    try:
        parts = urlsplit(settings.url.strip())
        port = parts.port
    except ValueError as error:
        raise failed(settings, f"its url cannot be read: {error}", lasting=True) from None
    if parts.username or parts.password:
        raise failed(settings, "its url holds a user or a password: they have settings of their own", lasting=True)
    if parts.scheme not in ports or not parts.hostname:
        raise failed(settings, f"its url must begin with {schemes} and name a host", lasting=True)
    return Server(parts.scheme, parts.hostname, port or ports[parts.scheme], parts.path.rstrip("/"))


def tls(settings: MailboxSettings) -> ssl.SSLContext:
    """Certificates are always looked at: against the system's authorities, or those of `ca_file`."""
    if settings.ca_file is None:
        return ssl.create_default_context()
    return ssl.create_default_context(cafile=_readable(settings, settings.ca_file))


def _readable(settings: MailboxSettings, file: Path) -> str:
    try:
        ssl.create_default_context(cafile=str(file))
    except (OSError, ssl.SSLError):
        raise failed(settings, f"{file} holds no certificates that can be read", lasting=True) from None
    return str(file)


def failed(settings: MailboxSettings, text: str, lasting: bool = False) -> MailboxError:
    """`mailbox NAME: …`, in one line, without its secret."""
    if settings.secret:
        text = text.replace(settings.secret, "…")
    return MailboxError(f"mailbox {settings.name}: {plain(text)}", lasting)


def unreached(settings: MailboxSettings, server: Server, error: Exception) -> MailboxError:
    """Why a server cannot be reached, or no longer."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"{server.said}: its certificate is not believed: {error.verify_message}; see ca_file"
        return failed(settings, why, lasting=True)
    if isinstance(error, ssl.SSLError):
        what = "it speaks no TLS there" if "WRONG_VERSION" in str(error) else f"no TLS: {error.reason or error}"
        return failed(settings, f"{server.said}: {what}", lasting=True)
    if isinstance(error, socket.gaierror):
        return failed(settings, f"{server.host} has no address: check the name and DNS")
    if isinstance(error, TimeoutError):
        return failed(settings, f"{server.said} does not answer within {settings.timeout:g} s")
    if isinstance(error, ConnectionRefusedError):
        return failed(settings, f"{server.said} refuses connections: is the port right?")
    if isinstance(error, OSError) and error.errno:
        return failed(settings, f"{server.said}: {(error.strerror or str(error)).lower()}")
    return failed(settings, f"{server.said}: the connection broke: {error}")


def plain(text: str | bytes, limit: int = 200) -> str:
    """What a server said, as a piece of one line that controls nothing."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
