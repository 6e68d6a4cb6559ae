"""Theme files → roles. A broken file costs one clear line and is skipped; it never stops the screen."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from noctui import resources
from noctui.tui.look.palette import GROUNDS, INKS, Ink, Palette, Roles, parse_ink
from noctui.tui.look.text import clip

_KEYS = ("name", "dark", "grounds", "roles")
_MAX_BYTES = 65_536


class ThemeError(ValueError):
    """One line: which file, which line or key, what to do."""


@dataclass(frozen=True)
class Themes:
    """All themes found, by name (a user's file wins over ours of the same name), and a line per broken file. `ours` are
    those that came with noctui, `own` what each of the user's files (by its path) holds."""

    roles: dict[str, Roles]
    problems: tuple[str, ...] = ()
    ours: dict[str, Roles] = field(default_factory=dict)
    own: dict[str, Roles] = field(default_factory=dict)

    def palette(self, name: str, *, no_color: bool = False) -> Palette:
        """The palette of theme `name`, or of `dark` when there is none of that name."""
        return Palette(self.roles.get(name) or self.roles["dark"], no_color)

    @property
    def problem(self) -> str:
        """One line about all that are broken, else ""."""
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        return f"{self.problems[0]}{more}" if self.problems else ""

    def missing(self, name: str) -> str:
        """One line when there is no theme `name`, else ""."""
        return (
            "" if name in self.roles else f"no theme {clip(name, 20)}, dark instead; there are: {', '.join(self.roles)}"
        )


def load(user: Path | None = None) -> Themes:
    """Our themes and those of the folder `user`. Raises ThemeError only when our own `dark` is missing or broken."""
    ours, problems = _read_all(sorted(resources.folder("themes").glob("*.toml")))
    by_name = {found.name: found for found in ours.values()}
    if "dark" not in by_name:
        raise ThemeError(problems[0] if problems else f"{resources.folder('themes')}: dark.toml is missing; reinstall")
    own: dict[str, Roles] = {}
    if user is not None and user.is_dir():
        own, more = _read_all(sorted(user.glob("*.toml")))
        problems += more
    return Themes(by_name | {found.name: found for found in own.values()}, tuple(problems), by_name, own)


def _read_all(files: Iterable[Path]) -> tuple[dict[str, Roles], list[str]]:
    """Path → what the file holds, and a line for each that is broken."""
    roles: dict[str, Roles] = {}
    problems: list[str] = []
    for file in files:
        try:
            roles[str(file)] = read(file)
        except ThemeError as error:
            problems.append(f"{error}; theme skipped".replace(f"{file.parent}/", "", 1))
    return roles, problems


def read(file: Path) -> Roles:
    """One theme file. Raises ThemeError with file, line or key, and what to do."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            raise ThemeError(f"{file}: larger than {_MAX_BYTES} bytes, so it is no theme")
        text = raw.decode()
        data = tomllib.loads(text)
    except OSError as error:
        raise ThemeError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ThemeError(f"{file}: is not UTF-8; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(f"{file}: is not TOML: {error}") from error
    return _roles(file, text, data)


def _roles(file: Path, text: str, data: dict[str, object]) -> Roles:
    for key in data:
        if key not in _KEYS:
            raise ThemeError(f"{_place(file, text, key)}: unknown key “{key}”{_nearest(key, _KEYS)}")
    name, dark = data.get("name", file.stem), data.get("dark", True)
    if not isinstance(name, str) or not name.isidentifier():
        raise ThemeError(f"{_place(file, text, 'name')}: name must be one plain word, like “{file.stem}”")
    if not isinstance(dark, bool):
        raise ThemeError(f"{_place(file, text, 'dark')}: dark must be true or false")
    return Roles(name, dark, _inks(file, text, data, "grounds", GROUNDS), _inks(file, text, data, "roles", INKS))


def _inks(file: Path, text: str, data: dict[str, object], table: str, wanted: tuple[str, ...]) -> dict[str, Ink]:
    given = data.get(table)
    if not isinstance(given, dict):
        raise ThemeError(f"{file}: table [{table}] is missing; copy it from dark.toml")
    for key in given:
        if key not in wanted:
            raise ThemeError(f"{_place(file, text, key)}: no role “{key}” in [{table}]{_nearest(key, wanted)}")
    if missing := [key for key in wanted if key not in given]:
        raise ThemeError(f"{file}: [{table}] lacks {', '.join(missing)}; copy from dark.toml")
    inks: dict[str, Ink] = {}
    for key, value in given.items():
        if not isinstance(value, str):
            raise ThemeError(f'{_place(file, text, key)}: {key} must be text in quotes, like "#c9d1d9"')
        try:
            inks[key] = parse_ink(value, ground=table == "grounds")
        except ValueError as error:
            raise ThemeError(f"{_place(file, text, key)}: {key}: {error}") from error
    return inks


def _place(file: Path, text: str, key: str) -> str:
    """`FILE line 12`, where `key` stands; the file alone when it cannot be found."""
    found = re.search(rf"(?m)^\s*[\[\"']*{re.escape(key)}\b", text)
    return f"{file} line {text.count(chr(10), 0, found.end()) + 1}" if found else str(file)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean “{close[0]}”?" if close else ""
