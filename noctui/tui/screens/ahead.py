"""Boards before they are opened: imported beside the loop, which the first look at one would block by 50 ms."""

from __future__ import annotations

import logging
import time
from importlib import import_module

log = logging.getLogger("noctui.tui")

AFTER = 2.0
"""Seconds after the first data: the start needs the processor itself."""
PAUSE = 0.02
"""Seconds between two boards, in which keys come first."""
OFTEN_FIRST = (
    "sites", "site", "circuits", "circuit", "offenders", "alarms", "incident", "maintenance", "work", "sla", "promise",
    "collector", "chart", "mist_alarms", "outages", "mails", "mail", "handover",
)  # fmt: skip


def load_boards() -> None:
    """Import them all, some 0.1 s of work and 5 MB; to be called on a thread."""
    for name in OFTEN_FIRST:
        try:
            import_module(f"noctui.tui.screens.{name}")
        except ImportError:
            log.exception("boards.not_loaded")  # whoever opens it is told
            return
        time.sleep(PAUSE)
