"""How processes of ours are started: with our modules, without our secrets."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def without_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings of ours: they are told, and a process's environment can be read by others."""
    ours = ("NOCTUI_", "MIST_", "SNF_", "SNOWFLAKE_", "PRIVATE_KEY_", "REDIS_")
    return {k: v for k, v in env.items() if not k.startswith(ours)}


_NEEDED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "REQUESTS_CA_BUNDLE")
_NEEDED_KINDS = ("LC_", "PYTHON", "SSL_CERT_")


def bare(env: Mapping[str, str]) -> dict[str, str]:
    """What a process needs to run and to find its way out. A setting may name any variable as a secret, so that all
    others stay here."""
    return {k: v for k, v in env.items() if k in _NEEDED or k.startswith(_NEEDED_KINDS) or k.lower().endswith("_proxy")}


def python() -> list[str]:
    """It looks for modules where we do: in the present folder only if we do that."""
    return [sys.executable] if sys.path[:1] in ([""], [os.getcwd()]) else [sys.executable, "-P"]
