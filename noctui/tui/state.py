"""What the screen remembers between runs: view, sorting, window. Saved when it changes, since SSH just drops."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

import msgspec

from noctui.tui.alarm_seen import Seen
from noctui.tui.columns import Chosen
from noctui.tui.place import KINDS, OVERVIEW, Place

log = logging.getLogger(__name__)


class Saved(msgspec.Struct, frozen=True):
    """A filter that was kept under a name, and the kind of screen that it belongs to."""

    kind: str
    text: str = ""
    severities: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        from noctui.model.words import Severity

        named = " or ".join(Severity(s).word for s in self.severities if 0 <= s < len(Severity))
        return f"{self.kind} {' '.join(part for part in (f'/{self.text}' if self.text else '', named) if part)}"


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the screen."""

    trail: tuple[Place, ...] = (OVERVIEW,)
    sorts: dict[str, tuple[str, bool]] = {}  # table → (column, descending)
    window: str = "24h"
    layout: str = ""  # of screen 1, chosen while the setting was `layout_over`
    layout_over: str = ""
    columns: dict[str, Chosen] = {}  # table → what a person chose of its columns
    seen: Seen = Seen()  # alarms that were looked at
    filters: dict[str, Saved] = {}  # by the names that they were saved under
    commands: tuple[str, ...] = ()  # of the `:` line, newest last


class Memory:
    """Reads once, writes on every change. A file that cannot be read or written costs the memory, never the screen."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._saved = True
        self.state = self._read()

    def _read(self) -> Remembered:
        if self._file is None:
            return Remembered()
        try:
            found = msgspec.json.decode(self._file.read_bytes(), type=Remembered)
        except FileNotFoundError:
            return Remembered()
        except (OSError, msgspec.DecodeError) as error:
            log.warning("screen state not read", extra={"file": str(self._file), "reason": str(error)})
            return Remembered()
        good = tuple(p for p in found.trail if p.kind in KINDS)
        return found if good == found.trail and good else msgspec.structs.replace(found, trail=(OVERVIEW,))

    def keep(self, **changes: object) -> None:
        """Change the state and save it, when anything is new."""
        new = msgspec.structs.replace(self.state, **changes)
        if new == self.state:
            return
        self.state = new
        self._save()

    def again(self) -> None:
        """Save what could not be saved when it changed (a full disk may have room again); costs nothing otherwise."""
        if not self._saved:
            self._save()

    def _save(self) -> None:
        if self._file is None:
            return
        try:
            self._write(msgspec.json.encode(self.state))
            self._saved = True
        except OSError as error:
            if self._saved:
                log.warning("screen state not saved", extra={"file": str(self._file), "reason": str(error)})
            self._saved = False

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".screen-", dir=self._file.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(self._file)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
