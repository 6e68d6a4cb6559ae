"""Settings read anew while noctui runs: looked at every few seconds, taken over where that is safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from noctui.config import Config, ConfigError
from noctui.settings import ITEMS, Settings

LOOK_SECONDS = 2.0
_LIVE = {item.field for item in ITEMS if item.live} | {"thresholds", "alarms", "roles", "mails"}
_KEYS: Mapping[str, str] = {item.field: item.key for item in ITEMS} | {"mails": "mailboxes and carriers"}


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a look found. `settings` are those to go on with: the new ones where that is safe, else what ran before."""

    settings: Settings
    changed: tuple[str, ...] = ()  # keys taken over
    waiting: tuple[str, ...] = ()  # keys that only count after a restart
    error: str = ""  # the files cannot be used as they are now; nothing was taken over

    @property
    def text(self) -> str:
        """One line for whoever changed the file."""
        if self.error:
            return f"Settings stay as they were: {self.error}"
        said = []
        if self.changed:
            said.append(f"Settings taken over: {', '.join(self.changed)}.")
        if self.waiting:
            said.append(f"After a restart: {', '.join(self.waiting)}.")
        return " ".join(said)


class Reloader:
    """Holds what runs, and looks whether the files say something else by now."""

    def __init__(self, config: Config, load: Callable[[], Config]) -> None:
        """`load` reads everything again, with the same flags and environment."""
        self.settings = config.settings
        self._files = config.files
        self._load = load
        self._seen = self._stamps()

    def look(self) -> Reloaded | None:
        """None while no file has changed. Blocking, and quick: two `stat` calls."""
        now = self._stamps()
        if now == self._seen:
            return None
        self._seen = now
        try:
            new = self._load().settings
        except ConfigError as error:
            return Reloaded(self.settings, error=self._short(str(error)))
        kept, found = self.settings, merged(self.settings, new)
        self.settings = found.settings
        return found if found.changed or found.waiting or found.settings != kept else None

    def _short(self, text: str) -> str:
        """Without the folders: the line is read on a screen, by whoever has just changed the file."""
        for path in self._files:
            text = text.replace(str(path), path.name)
        return text

    def _stamps(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple(_stamp(path) for path in self._files)


def merged(running: Settings, new: Settings) -> Reloaded:
    """The new settings as far as they may change in a running program."""
    import dataclasses

    differ = [f.name for f in dataclasses.fields(Settings) if getattr(running, f.name) != getattr(new, f.name)]
    live = {name: getattr(new, name) for name in differ if name in _LIVE}
    return Reloaded(
        dataclasses.replace(running, **live),
        changed=tuple(_KEYS.get(name, name) for name in differ if name in _LIVE),
        waiting=tuple(_KEYS.get(name, name) for name in differ if name not in _LIVE),
    )


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
