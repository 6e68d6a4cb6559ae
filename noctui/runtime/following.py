"""Who leads a folder, and what it says of itself: for those who follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noctui.model.status import Status


class Follower:
    """Blocking looks at the folder of another process, each some microseconds."""

    def __init__(self, folder: Path) -> None:
        from noctui.runtime.status_file import LeaderStatus
        from noctui.stores.bus.folder import FolderLock

        self._folder = folder
        self._lock = FolderLock(folder)
        self._file = LeaderStatus(folder)
        self._epoch = 0
        self.said: Status | None = None
        """What the leader said last."""

    def leader(self) -> str | None:
        """Who leads now, as `host:pid`; None when nobody does: the lock file names the dead, too."""
        from noctui.stores.bus.folder import is_led

        if not is_led(self._folder):
            self._epoch, self.said = 0, None
            return None
        holder = self._lock.holder()
        self._epoch = holder.epoch if holder is not None else 0
        self.listen()
        return holder.text if holder is not None else ""

    def listen(self) -> None:
        """Look for news in `said`."""
        self.said = self._file.read(self._epoch)
