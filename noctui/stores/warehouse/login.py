"""How to log in to Snowflake: from the settings to what the connector takes, the secrets read just before.

In order of what to prefer for a server that nobody sits at: the identity of the machine it runs on, a key pair, an
OAuth token, a programmatic access token. A password is taken for a server on this machine alone: Snowflake refuses
those of programs. No secret is ever part of an error, a repr or a log.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noctui.settings import Settings
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.keys import der_of, private

PASSPHRASE = "snowflake_passphrase"
"""The systemd credential that holds a key's passphrase: `LoadCredentialEncrypted=snowflake_passphrase:…`."""
DAY = 86_400.0
_HERE = ("127.0.0.1", "localhost", "::1", "[::1]")


@dataclass(frozen=True, slots=True)
class Login:
    """What is needed to log in. `timeout` are the seconds until a login, or an answer, is given up."""

    account: str
    user: str = ""
    role: str = ""
    warehouse: str = ""
    database: str = ""
    schema: str = ""
    authenticator: str = ""
    key_file: Path | None = None
    passphrase: str = field(default="", repr=False)
    token_file: Path | None = None
    token: str = field(default="", repr=False)
    token_days: float = 15.0
    password: str = field(default="", repr=False)
    identity_provider: str = ""
    host: str = ""
    port: int = 443
    protocol: str = "https"
    timeout: float = 60.0
    credentials: Path | None = None

    @classmethod
    def of(cls, settings: Settings, env: Mapping[str, str] | None = None) -> Login:
        """From the settings. `env` says where systemd has put credentials."""
        given = (os.environ if env is None else env).get("CREDENTIALS_DIRECTORY", "")
        return cls(
            account=settings.warehouse_account,
            user=settings.warehouse_user,
            role=settings.warehouse_role,
            warehouse=settings.warehouse_warehouse,
            database=settings.warehouse_database,
            schema=settings.warehouse_schema,
            authenticator=settings.warehouse_authenticator,
            key_file=settings.warehouse_key_file,
            passphrase=settings.warehouse_key_passphrase,
            token_file=settings.warehouse_token_file,
            token=settings.warehouse_token,
            token_days=settings.warehouse_token_days,
            password=settings.warehouse_password,
            identity_provider=settings.warehouse_identity_provider,
            host=settings.warehouse_host,
            port=settings.warehouse_port,
            protocol=settings.warehouse_protocol,
            timeout=settings.warehouse_timeout,
            credentials=Path(given) if given else None,
        )

    @property
    def place(self) -> str:
        """Where it is, for people: `myorg-account1`, or `127.0.0.1:8080`."""
        return f"{self.host}:{self.port}" if self.host else self.account

    @property
    def tables(self) -> str:
        """`WAN_PERFORMANCE.RETAIL_WAN`"""
        return f"{self.database}.{self.schema}"

    @property
    def here(self) -> bool:
        """The server is this machine's own."""
        return self.host in _HERE

    @property
    def way(self) -> str:
        """How it logs in: what is set, else what is given. Raises WarehouseFault (usage)."""
        if self.authenticator:
            return self.authenticator
        if self.key_file is not None:
            return "snowflake_jwt"
        if self.identity_provider:
            return "workload_identity"
        if self.token or self.token_file is not None:
            raise _unusable("say what the token is: warehouse.authenticator = oauth or programmatic_access_token")
        if self.password:
            return "snowflake"
        raise _unusable("nothing to log in with: set warehouse.key_file (docs/warehouse-access.md)")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Never to be shown, whoever quotes them; those in files as they are now. What is shorter than four signs is no
        secret, and to blot it out would blot out half of a sentence."""
        found = [self.passphrase, self.token, self.password]
        with suppress(WarehouseFault):
            found.append(self.key_passphrase())
        if self.token_file is not None:
            with suppress(WarehouseFault):
                found.append(self._token(""))
        return tuple(dict.fromkeys(text for text in found if len(text) >= 4))

    def keywords(self) -> dict[str, Any]:
        """The connector's arguments. Reads key and token anew: they may have been rotated. Raises WarehouseFault."""
        if not self.account:
            raise _unusable("no account: set SNOWFLAKE_ACCOUNT (warehouse.account)")
        if not self.here and self.protocol != "https":
            raise _unusable(f"warehouse.protocol http is for this machine alone, not for {self.host or self.account}")
        way = self.way
        found: dict[str, Any] = {"account": self.account, **self._proof(way)}
        if way != "workload_identity" and not self.user:
            raise _unusable("no user: set SNOWFLAKE_USER (warehouse.user)")
        for name in ("user", "role", "warehouse", "database", "schema"):
            if value := getattr(self, name):
                found[name] = value
        if self.host:
            found |= {"host": self.host, "port": self.port, "protocol": self.protocol}
        return found

    def _proof(self, way: str) -> dict[str, Any]:
        if way == "snowflake_jwt":
            if self.key_file is None:
                raise _unusable("snowflake_jwt needs a private key: set warehouse.key_file")
            return {"authenticator": "SNOWFLAKE_JWT", "private_key": der_of(self.key_file, self.key_passphrase())}
        if way in ("oauth", "programmatic_access_token"):
            return {"authenticator": way.upper(), "token": self._token(way)}
        if way == "workload_identity":
            if not self.identity_provider:
                raise _unusable("workload_identity needs warehouse.identity_provider: AWS, AZURE, GCP or OIDC")
            token = {"token": self._token(way)} if self.identity_provider == "OIDC" else {}
            return {
                "authenticator": "WORKLOAD_IDENTITY",
                "workload_identity_provider": self.identity_provider,
                **token,
            }
        if not self.here:
            text = "Snowflake takes no password from a program: use a key pair (docs/warehouse-access.md)"
            raise _unusable(text)
        if not self.password:
            raise _unusable("no password: set warehouse.password, or better a key")
        return {"password": self.password}

    def key_passphrase(self) -> str:
        """From the settings, else from systemd. Raises WarehouseFault."""
        if self.passphrase or self.credentials is None:
            return self.passphrase
        try:
            return (self.credentials / PASSPHRASE).read_text("utf-8").rstrip("\r\n")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError):
            raise _unusable(f"the credential {PASSPHRASE} cannot be read") from None

    def _token(self, way: str) -> str:
        if self.token_file is None:
            if not self.token:
                raise _unusable(f"{way} needs a token: set warehouse.token_file")
            return self.token
        text = private(self.token_file, "token", 100_000).decode("utf-8", "replace").strip()
        if not text or any(not " " < c <= "~" for c in text):
            raise _unusable(f"{self.token_file}: holds no token: one line of plain signs is expected")
        return text

    def warnings(self, now: float) -> Iterator[str]:
        """What works, but not for long, or less safely than it could. `now` in UTC epoch seconds."""
        if self.token and self.authenticator == "programmatic_access_token":
            yield "an access token in the settings says nothing of its age: keep it in a file (warehouse.token_file)"
        if self.token_file is not None and self.authenticator == "programmatic_access_token":
            try:
                age = (now - self.token_file.stat().st_mtime) / DAY
            except OSError:
                return  # the login will say it
            left = self.token_days - age
            todo = "make a new one (ALTER USER … ROTATE PROGRAMMATIC ACCESS TOKEN …)"
            if left <= 0:
                yield f"{self.token_file}: written {age:.0f} days ago, a token lives {self.token_days:g}: {todo}"
            elif left <= max(3.0, 0.1 * self.token_days):
                yield f"{self.token_file}: the token in it ends in about {_days(left)}: {todo}"


def _days(days: float) -> str:
    """So many days in words, with the singular of one."""
    said = f"{days:.0f}"
    return f"{said} day" if said == "1" else f"{said} days"


def _unusable(text: str) -> WarehouseFault:
    return WarehouseFault(f"Snowflake: {text}", "usage")
