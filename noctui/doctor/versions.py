"""What is installed: versions, and the extras that only some need."""

from __future__ import annotations

import importlib.util
import platform
import sqlite3
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from noctui import __version__
from noctui.doctor.verdict import FAIL, NOTE, OK, Check

NEEDED = ("textual", "rich", "numpy", "msgspec", "zstandard", "aiohttp", "mistapi", "sqlite-utils", "redis", "plotext")
EXTRAS = (
    ("snowflake.connector", "snowflake", "rollups to Snowflake"),
    ("circuit_maintenance_parser", "providers", "carriers' own formats of notices"),
    ("apprise", "notify", "telling people of alarms"),
    ("textual_serve", "web", "the screen in a browser"),
)


def versions() -> Iterator[Check]:
    found, missing = [], []
    for name in NEEDED:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    yield Check("versions", OK, f"noctui {__version__}, Python {platform.python_version()}, "
                f"SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.machine()}")  # fmt: skip
    yield Check("versions", OK, ", ".join(found))
    if missing:
        yield Check("versions", FAIL, f"not installed: {', '.join(missing)}", "pip install noctui again")
    for module, extra, purpose in EXTRAS:
        if not _there(module):
            yield Check("versions", NOTE, f"without the extra {extra} ({purpose})", f"pip install 'noctui[{extra}]'")


def _there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
