"""History: one SQLite file per data folder and org, one writer, any number of readers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from noctui.stores.history.faults import CorruptHistory, DamagedBlock, HistoryFault
from noctui.stores.history.history import History
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.settings import Retention

if TYPE_CHECKING:
    from noctui.stores.bus.folder import FolderLock
    from noctui.stores.history.past import PastBuilder as PastBuilder
    from noctui.stores.history.writer import Writer as Writer


def __getattr__(name: str) -> Any:
    """What writes is imported by who writes: a screen that only reads shows its first data sooner."""
    if name == "Writer":
        from noctui.stores.history.writer import Writer

        return Writer
    if name == "PastBuilder":
        from noctui.stores.history.past import PastBuilder

        return PastBuilder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def open_writer(folder: Path, org_id: str, lock: FolderLock, retention: Retention | None = None) -> Writer:
    """Open the folder's history for writing, with its lock held. Raises HistoryFault."""
    return History.create_or_open(folder, org_id, retention).writer(lock)


def open_reader(folder: Path, org_id: str = "", retention: Retention | None = None) -> HistoryReader:
    """Open the folder's history for reading; `org_id` "" reads whichever org's it is. Raises HistoryFault on use."""
    return History(folder, org_id, retention or Retention()).reader()


def kept_for(raw_days: float, path_days: float, zone: str = "UTC") -> Retention:
    """Retention as the settings say it; `zone` is whose calendar days are counted by."""
    return Retention(raw=raw_days, paths=path_days, instants=min(Retention().instants, raw_days), zone=zone)


__all__ = [
    "CorruptHistory", "DamagedBlock", "History", "HistoryFault", "HistoryReader", "PastBuilder", "Retention", "Writer",
    "kept_for", "open_reader", "open_writer",
]  # fmt: skip
