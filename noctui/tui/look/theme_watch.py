"""The user's theme files while the screen runs: read again when they are saved; what was good before stays."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from noctui.tui.look.themes import ThemeError, Themes, read

Stamp = tuple[int, int, int]
"""Of a file: when it was written (ns), its size, its inode. An editor moves another file into its place."""


@dataclass(frozen=True, slots=True)
class Reread:
    """All themes as they are now; a line per file that was saved broken, and the names that are new or another."""

    themes: Themes
    problems: tuple[str, ...]
    changed: tuple[str, ...]


class ThemeWatch:
    """Looks at the folder: some microseconds while nothing was saved."""

    def __init__(self, folder: Path | None, themes: Themes) -> None:
        """`themes` as loaded at the start."""
        self._folder = folder
        self._themes = themes
        self._stamps = self._look()
        self._good = dict(themes.own)  # path → what was read from it last

    def look(self) -> Reread | None:
        """None while no file is another."""
        now = self._look()
        if now == self._stamps:
            return None
        before, self._stamps = self._stamps, now
        problems: list[str] = []
        for file in sorted(now):
            if now[file] == before.get(file):
                continue
            try:
                self._good[file] = read(Path(file))
            except ThemeError as error:
                kept = "its last good version stays" if file in self._good else "theme skipped"
                problems.append(f"{error}; {kept}".replace(file, Path(file).name, 1))
        self._good = {file: roles for file, roles in sorted(self._good.items()) if file in now}
        known = self._themes.roles
        roles = self._themes.ours | {found.name: found for found in self._good.values()}
        self._themes = replace(self._themes, roles=roles)
        changed = tuple(name for name, found in roles.items() if known.get(name) != found)
        return Reread(self._themes, tuple(problems), changed)

    def _look(self) -> dict[str, Stamp]:
        """The theme files of the folder; a folder that is not there has none."""
        if self._folder is None:
            return {}
        found: dict[str, Stamp] = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if entry.name.endswith(".toml"):
                        stat = entry.stat()
                        found[entry.path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            return found
        return found
