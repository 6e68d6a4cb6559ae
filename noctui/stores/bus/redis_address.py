"""Where the bus is: `REDIS_URL`, or `REDIS_HOST`, `REDIS_PORT` and `REDIS_PASSWORD`; and clients for it.

Nothing here says a password: not `repr`, not an error. localhost is never tried unasked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from redis.asyncio import Redis

    Client: TypeAlias = Redis
    """What speaks with the server: one node's client, or a cluster's, which has the same methods."""
else:  # the library is loaded with the first client: settings are read before the first paint
    Client = Any

NAMES = ("REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD")
FORMS = "redis://HOST:PORT/0, rediss://… (TLS), unix:///PATH, redis+sentinel://HOST:PORT,…/NAME or redis+cluster://HOST:PORT"
SCHEMES = {
    "redis": "one", "rediss": "one", "unix": "one", "redis+sentinel": "sentinel", "rediss+sentinel": "sentinel",
    "redis+cluster": "cluster", "rediss+cluster": "cluster",
}  # fmt: skip
DEFAULT_PORT = {"one": 6379, "sentinel": 26379, "cluster": 6379}
OPTIONS = {
    "db", "ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname",
}  # fmt: skip
"""What may stand behind `?`; timeouts and the like are ours."""

CONNECT_SECONDS = 2.0
HEALTH_SECONDS = 15
"""A connection that was idle for so long is tried with PING before it is used."""
_HOST = re.compile(r"[A-Za-z0-9._:%-]+")


class AddressError(ValueError):
    """The address cannot be used: one line of what is wrong and what to write; never with a secret."""


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address of the bus."""

    kind: str  # one, sentinel or cluster
    hosts: tuple[tuple[str, int], ...] = ()
    path: str = ""  # of a unix socket
    tls: bool = False
    service: str = ""  # the name under which Sentinel knows the server
    db: int = 0
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    options: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """For people: where, without user and password."""
        if self.path:
            return f"unix://{self.path}"
        places = ",".join(f"{f'[{host}]' if ':' in host else host}:{port}" for host, port in self.hosts)
        scheme = ("rediss" if self.tls else "redis") + ("" if self.kind == "one" else f"+{self.kind}")
        return f"{scheme}://{places}{f'/{self.service}' if self.service else ''}{f'/{self.db}' if self.db else ''}"

    def client(self, *, answer_seconds: float = 2.0, tries: int = 3) -> Client:
        """A client: an answer is waited for so long (a blocking read adds its own wait), a lost connection is made
        again up to `tries` times with growing, random waits. It connects at its first command."""
        from redis.asyncio import Redis, RedisCluster
        from redis.asyncio.retry import Retry
        from redis.asyncio.sentinel import Sentinel
        from redis.backoff import ExponentialWithJitterBackoff

        common: dict[str, Any] = {
            "username": self.user or None,
            "password": self.password or None,
            "socket_timeout": answer_seconds,
            "socket_connect_timeout": min(CONNECT_SECONDS, answer_seconds),
            "socket_keepalive": True,
            "health_check_interval": HEALTH_SECONDS,
            "retry": Retry(ExponentialWithJitterBackoff(cap=1.0, base=0.05), tries),
            "client_name": "noctui",
            "protocol": 2,
        }
        secure: dict[str, Any] = {name: _option(name, value) for name, value in self.options}
        if self.kind == "sentinel":
            tls = {"ssl": True, **secure} if self.tls else {}
            asked = {
                "socket_timeout": answer_seconds,
                "socket_connect_timeout": common["socket_connect_timeout"],
                **tls,
            }
            sentinel = Sentinel(  # type: ignore[no-untyped-call]
                list(self.hosts), sentinel_kwargs=asked, **common, **tls, db=self.db
            )
            return cast("Client", sentinel.master_for(self.service))
        if self.path:
            return Redis(unix_socket_path=self.path, db=self.db, **common)
        host, port = self.hosts[0]
        if self.kind == "cluster":
            return cast("Client", RedisCluster(host=host, port=port, ssl=self.tls, **common, **secure))
        return Redis(host=host, port=port, db=self.db, ssl=self.tls, **common, **secure)


def read_address(names: Mapping[str, str]) -> Address | None:
    """From environment names and values; None: no bus is asked for. Raises AddressError."""
    url, host = names.get("REDIS_URL", "").strip(), names.get("REDIS_HOST", "").strip()
    if url:
        return parse_url(url, "REDIS_URL", names.get("REDIS_PASSWORD", ""))
    port = names.get("REDIS_PORT", "").strip()
    if not host:
        if port:
            raise AddressError("REDIS_PORT is set without REDIS_HOST: name the host, or set REDIS_URL")
        return None
    if not _HOST.fullmatch(host):
        raise AddressError(f"REDIS_HOST is no host name ({FORMS} belong in REDIS_URL)")
    return Address("one", ((host, _port(port, "REDIS_PORT", 6379)),), password=names.get("REDIS_PASSWORD", ""))


def parse_url(url: str, name: str = "REDIS_URL", password: str = "") -> Address:
    """The address that a URL means; `password` stands where it has none. Raises AddressError, starting with `name`."""
    if any(not c.isprintable() or c.isspace() for c in url):
        raise AddressError(f"{name} holds a space or a control character")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise AddressError(f"{name} is no URL; write {FORMS}") from None
    kind = SCHEMES.get(parts.scheme)
    if kind is None or "://" not in url:
        raise AddressError(f"{name} begins with no scheme of a bus; write {FORMS}")
    if parts.fragment:
        raise AddressError(f"{name} holds a #: in a password write it as %23")
    if "@" in parts.path + parts.query:
        raise AddressError(f"{name} has its @ too late: in a password write / as %2F, ? as %3F")
    user, secret, place = _login(parts, name)
    secret = secret or password
    options, db_option = _options(parts.query, name)
    if parts.scheme == "unix":
        if place:
            raise AddressError(f"{name}: a unix socket has no host; write unix:///PATH, with three slashes")
        if not parts.path or parts.path.endswith("/"):
            raise AddressError(f"{name} names no socket; write unix:///PATH")
        return Address(
            kind, path=unquote(parts.path), db=_db(db_option, name), user=user, password=secret, options=options
        )
    hosts = tuple(_host(one, name, DEFAULT_PORT[kind]) for one in place.split(","))
    if kind == "one" and len(hosts) > 1:
        raise AddressError(f"{name} names several hosts; that is redis+sentinel:// or redis+cluster://")
    path = [unquote(part) for part in parts.path.split("/") if part]
    service = ""
    if kind == "sentinel":
        if not path:
            raise AddressError(f"{name} names no service; write redis+sentinel://HOST:PORT,…/NAME")
        service = path.pop(0)
    if len(path) > 1:
        raise AddressError(f"{name} has too long a path; write {FORMS}")
    if path and db_option:
        raise AddressError(f"{name} says the number of its database twice")
    db = _db(path[0] if path else db_option, name)
    if kind == "cluster" and db:
        raise AddressError(f"{name}: a cluster has database 0 alone")
    tls = parts.scheme.startswith("rediss")
    if options and not tls:
        raise AddressError(f"{name} says {options[0][0]} without TLS; begin it with rediss")
    return Address(kind, hosts, "", tls, service, db, user, secret, options)


def _login(parts: SplitResult, name: str) -> tuple[str, str, str]:
    """User, password, and what stands behind them."""
    login, at, place = parts.netloc.rpartition("@")
    if not at:
        return "", "", place
    user, _, password = login.partition(":")
    if "@" in login:
        raise AddressError(f"{name} holds more than one @: in a password write it as %40")
    return unquote(user), unquote(password), place


def _host(text: str, name: str, default: int) -> tuple[str, int]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise AddressError(f"{name}: an IPv6 address stands as [ADDRESS]:PORT")
        port = rest[1:]
    else:
        host, _, port = text.partition(":")
    if not host:
        raise AddressError(f"{name} names no host; write {FORMS}")
    if not _HOST.fullmatch(host):
        # Not shown: a password with a / or a ? in it ends up here.
        raise AddressError(
            f"{name} has no host name where one is due: in a password write / as %2F, ? as %3F, : as %3A"
        )
    return host, _port(port, name, default)


def _port(text: str, name: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:6]) < 65_536:
        raise AddressError(f"{name}: the port is no number from 1 to 65535 (in a password write / as %2F, ? as %3F)")
    return int(text)


def _db(text: str, name: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or len(text) > 5:
        raise AddressError(f"{name}: the database is no number, as in redis://HOST:PORT/0")
    return int(text)


def _options(query: str, name: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """TLS options, and the database."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise AddressError(f"{name}: behind ? stand NAME=VALUE pairs (in a password write ? as %3F)") from None
    for option, _ in pairs:
        if option not in OPTIONS:
            raise AddressError(f"{name} has an option that is not known; known are {', '.join(sorted(OPTIONS))}")
    found = dict(pairs)
    db = found.pop("db", "")
    reqs = found.get("ssl_cert_reqs")
    if reqs is not None and reqs not in ("none", "optional", "required"):
        raise AddressError(f"{name}: ssl_cert_reqs is none, optional or required")
    if found.get("ssl_check_hostname", "true").lower() not in ("true", "false"):
        raise AddressError(f"{name}: ssl_check_hostname is true or false")
    return tuple(sorted(found.items())), db


def _option(name: str, value: str) -> Any:
    return value.lower() == "true" if name == "ssl_check_hostname" else value
