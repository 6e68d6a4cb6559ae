"""How processes of ours are started: with our modules, without our secrets."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def without_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings of ours: they are told, and a process's environment can be read by others."""
    return {k: v for k, v in env.items() if not k.startswith(("NOCTUI_", "MIST_", "SNF_", "REDIS_"))}


def python() -> list[str]:
    """It looks for modules where we do: in the present folder only if we do that."""
    return [sys.executable] if sys.path[:1] in ([""], [os.getcwd()]) else [sys.executable, "-P"]
