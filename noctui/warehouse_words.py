"""How words of `[warehouse]` are read: names that go into SQL, and what a connection may be made of."""

from __future__ import annotations

import re

AUTHENTICATORS = ("snowflake_jwt", "oauth", "programmatic_access_token", "workload_identity", "snowflake")
_CLOUD = ".snowflakecomputing."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]{0,254}")


def name(text: str) -> str:
    """An unquoted identifier, upper case as Snowflake keeps it: nothing else gets into a statement."""
    word = text.strip()
    if word and not _NAME.fullmatch(word):
        raise ValueError("must be a plain name: letters, digits, _ and $")
    return word.upper()


def account(text: str) -> str:
    """`myorg-account1` or `xy12345.eu-central-1`; a whole address is cut to it."""
    word = text.strip().lower().removeprefix("https://").partition("/")[0].partition(_CLOUD)[0]
    if word and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,254}", word):
        raise ValueError("must be an account identifier such as myorg-account1")
    return word


def authenticator(text: str) -> str:
    word = text.strip().lower()
    if word and word not in AUTHENTICATORS:
        raise ValueError(f"must be one of {', '.join(AUTHENTICATORS[:-1])}")
    return word


def identity_provider(text: str) -> str:
    word = text.strip().upper()
    if word and word not in ("AWS", "AZURE", "GCP", "OIDC"):
        raise ValueError("must be one of AWS, AZURE, GCP, OIDC")
    return word


def protocol(text: str) -> str:
    word = text.strip().lower()
    if word not in ("http", "https"):
        raise ValueError("must be https, or http for a server on this machine")
    return word


def host(text: str) -> str:
    word = text.strip()
    if word and not re.fullmatch(r"[A-Za-z0-9._:-]+", word):
        raise ValueError("is no host name, such as myorg-account1.snowflakecomputing.com")
    return word
