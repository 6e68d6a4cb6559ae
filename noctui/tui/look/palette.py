"""Colours by role: every style on screen comes from `Palette.style(role, ground)`; a theme sets roles alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.color import Color
from rich.style import Style
from textual.theme import Theme

GROUNDS = ("bg", "bar", "pop", "sel", "band_out", "band_mnt", "band_gap")
INKS = (
    "text", "hi", "dim", "faint", "accent", "down", "crit", "high", "warn", "unk", "maint", "ok", "stale",
    "graph", "graph2", "bargood", "past",
)  # fmt: skip
FILLED = ("down", "past")
"""Roles with a ground of their own; as a ground (the time machine's bars) they bring their ink along."""
ATTRIBUTES = ("bold", "underline", "reverse", "italic")
ALIASES = {"active": "pop", "outage": "band_out", "window": "band_mnt", "gap": "band_gap"}

_MONO = {
    "hi": "bold", "accent": "underline", "down": "bold reverse", "crit": "bold", "high": "bold", "past": "reverse",
    "sel": "reverse",
}  # fmt: skip
"""NO_COLOR: what bold, underline and reverse say; signs and words say the rest."""


@dataclass(frozen=True, slots=True)
class Ink:
    """How one role is drawn: colours as Rich names them (None: the terminal's own), and attributes."""

    color: str | None = None
    ground: str | None = None
    attributes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Roles:
    """One theme as read from its file."""

    name: str
    dark: bool
    grounds: Mapping[str, Ink]
    inks: Mapping[str, Ink]

    @property
    def ansi(self) -> bool:
        """The terminal's own colours, no tints."""
        return self.grounds["bg"].ground is None


@dataclass(frozen=True)
class Palette:
    """Rich styles of one theme. Give `no_color` where NO_COLOR is set: then only attributes are used."""

    roles: Roles
    no_color: bool = False
    _cache: dict[tuple[str, str], Style] = field(default_factory=dict, repr=False, compare=False)
    _one_of: dict[Style, Style] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.roles.name

    @property
    def tints(self) -> bool:
        """Whether bands can be tinted; without, they are blank columns."""
        return not self.no_color and self.roles.grounds["band_out"].ground is not None

    def style(self, role: str, ground: str = "bg") -> Style:
        """The style of `role` (`crit`, with attributes `crit bold`) on `ground` (a ground, `active`, `down`, `past`).

        On the cursor row faint and dim become text, since they could not be read there, and crit is bold.
        Equal styles are one object, so that neighbouring cells can be merged by identity. Raises KeyError for a role or
        ground that does not exist.
        """
        key = role, ground
        found = self._cache.get(key)
        if found is None:
            made = self._make(role, ALIASES.get(ground, ground))
            found = self._cache[key] = self._one_of.setdefault(made, made)
        return found

    def _make(self, role: str, ground: str) -> Style:
        base, *extra = role.split()
        if ground == "sel" and base in ("dim", "faint"):
            base = "text"
        ink = self._ink(base)
        under = self._ink(ground) if ground in FILLED else self._ground(ground)
        attributes = set(ink.attributes | under.attributes) | set(extra)
        if ground == "sel" and base == "crit":
            attributes.add("bold")
        own_ground = base in FILLED
        color = ink.color if own_ground or ground not in FILLED else under.color
        if "reverse" in under.attributes and not own_ground:
            color = None  # a reversed row is one even bar: inks would become its ground, cell by cell
        return Style(
            color=None if self.no_color else color,
            bgcolor=None if self.no_color else (ink.ground if own_ground else under.ground),
            bold="bold" in attributes or None,
            italic="italic" in attributes or None,
            underline="underline" in attributes or None,
            reverse="reverse" in attributes or None,
        )

    def _ink(self, role: str) -> Ink:
        ink = self.roles.inks[role]
        return Ink(attributes=frozenset(_MONO.get(role, "").split())) if self.no_color else ink

    def _ground(self, ground: str) -> Ink:
        ink = self.roles.grounds[ground]
        return Ink(attributes=frozenset(_MONO.get(ground, "").split())) if self.no_color else ink

    def color(self, role: str) -> str:
        """A role or ground as a colour for style sheets: `#rrggbb` or `ansi_…`."""
        if role in self.roles.grounds:
            found = None if self.no_color else self.roles.grounds[role].ground
        else:
            found = None if self.no_color else self.roles.inks[role].color
        if found is None:
            return "ansi_default"
        return found if found.startswith("#") else f"ansi_{found}"

    def theme(self) -> Theme:
        """This palette for `App.register_theme`; style sheets find every role as `$role-NAME`."""
        variables = {f"role-{name}": self.color(name) for name in (*GROUNDS, *INKS)}
        variables |= {f"role-{name}-bg": self._filled(name) for name in FILLED}
        if self.roles.ansi or self.no_color:
            variables |= _ANSI_VARIABLES
        return Theme(
            name=f"noctui-{self.name}",
            primary=self.color("accent"), secondary=self.color("graph2"), accent=self.color("accent"),
            warning=self.color("warn"), error=self.color("crit"), success=self.color("ok"),
            foreground=self.color("text"), background=self.color("bg"), surface=self.color("bg"),
            panel=self.color("pop"), boost=self.color("pop"),
            dark=self.roles.dark, ansi=self.roles.ansi or self.no_color, variables=variables,
        )  # fmt: skip

    def _filled(self, name: str) -> str:
        found = None if self.no_color else self.roles.inks[name].ground
        if found is None:
            return "ansi_default"
        return found if found.startswith("#") else f"ansi_{found}"


def parse_ink(text: str, *, ground: bool = False) -> Ink:
    """`#rrggbb`, `yellow bold`, `bright_white on red`, `reverse`, `none` → Ink. Raises ValueError with what is wrong.

    With `ground` the colour named is the ground's.
    """
    color: str | None = None
    under: str | None = None
    attributes: set[str] = set()
    on = False
    for part in text.split():
        if part in ATTRIBUTES:
            attributes.add(part)
        elif part == "on":
            on = True
        elif on:
            under, on = _color(part), False
        else:
            color = _color(part)
    if on:
        raise ValueError("a colour is missing after “on”")
    if not text.strip():
        raise ValueError("is empty")
    return Ink(None, color, frozenset(attributes)) if ground else Ink(color, under, frozenset(attributes))


_ANSI_VARIABLES = {
    "ansi-background": "ansi_default", "ansi-foreground": "ansi_default", "border-blurred": "ansi_default",
    "block-cursor-foreground": "ansi_default", "block-cursor-background": "ansi_default",
    "input-cursor-background": "ansi_default", "input-cursor-foreground": "ansi_default",
    "input-cursor-text-style": "reverse", "input-selection-background": "ansi_default",
    "input-selection-foreground": "ansi_default", "screen-selection-background": "ansi_default",
    "screen-selection-foreground": "ansi_default",
}  # fmt: skip
"""What Textual's own style sheets ask of a theme in the terminal's colours."""

_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ANSI = {*_NAMES, *(f"bright_{name}" for name in _NAMES)}


def _color(word: str) -> str | None:
    if word in ("default", "none"):
        return None
    if word in _ANSI or (word.startswith("#") and len(word) == 7 and _is_hex(word[1:])):
        Color.parse(word)
        return word
    raise ValueError(f"“{word}” is no colour: use #rrggbb or one of the 16 (red, bright_blue, default …)")


def _is_hex(word: str) -> bool:
    return all(c in "0123456789abcdefABCDEF" for c in word)
