"""Exit codes of commands: the one table, for scripts and timers to rely on (docs/headless.md)."""

from __future__ import annotations

from collections.abc import Mapping

OK = 0
FAILED = 1
USAGE = 2
"""What was asked for, or the settings, can never work."""
PARTIAL = 3
"""Done, but something is missing: a sweep that lost pages, periods without data."""
REFUSED = 10
"""Mist accepts no token, the warehouse neither key nor token."""
UNREACHABLE = 11
"""Mist, or the warehouse, does not answer: no network, a proxy, its own trouble."""
RESTING = 12
"""The calls of this hour are used up."""
HISTORY = 13
"""History cannot be read or written: no room, no right, damaged, locked."""
LEADER = 14
"""Another noctui leads, and did not do it in time."""
MISSING = 15
"""The warehouse has no such database, schema, table or role, or not for us."""
SUSPENDED = 16
"""The warehouse's computing rests, and may not be woken by us."""
DATA = 17
"""The warehouse refused a statement, or what arrived is not what was sent."""
BUSY = 18
"""Another sync of this history runs."""
INTERRUPTED = 128
"""And the signal's number: 130 by Ctrl+C, 143 by SIGTERM."""

OF_KIND: Mapping[str, int] = {
    "failed": FAILED, "usage": USAGE, "refused": REFUSED, "unreachable": UNREACHABLE, "resting": RESTING,
    "history": HISTORY, "leader": LEADER,
}  # fmt: skip
"""`runtime.headless.Kind` → exit code."""

OF_WAREHOUSE: Mapping[str, int] = {
    "usage": USAGE, "authentication": REFUSED, "network": UNREACHABLE, "missing": MISSING, "suspended": SUSPENDED,
    "data": DATA, "busy": BUSY, "state": HISTORY,
}  # fmt: skip
"""`stores.warehouse.faults.Kind` → exit code."""
