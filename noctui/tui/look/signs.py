"""The signs of the screen, each one cell wide, with its ASCII twin; severities as sign and word."""

from __future__ import annotations

from collections.abc import Mapping

from noctui.model.words import Level, Role, Severity

TWINS: dict[str, tuple[str, str]] = {
    "down": ("▼", "X"), "away": ("◄", "<"), "critical": ("▲", "!"), "high": ("●", "*"), "unknown": ("?", "?"),
    "warn": ("○", "+"), "maintenance": ("≡", "="), "ok": ("·", "."), "disabled": ("-", "-"),
    "active": ("►", ">"), "standing_in": ("»", "F"), "outage": ("×", "x"), "none": ("–", "-"), "stale": ("~", "~"),
    "bad_day": ("■", "#"), "biggest_first": ("↓", ">"), "smallest_first": ("↑", "<"), "cut": ("…", ">"),
    "person": ("•", "@"), "trend": ("▁▂▃▄▅▆▇", "._-=+*%"), "bar": ("━", "#"), "rule": ("─", "-"),
    "threshold": ("┄", "-"), "full_block": ("█", "#"), "upper_block": ("▀", '"'), "lower_block": ("▄", "="),
    "tentative": ("╌", "~"), "line": ("│", "|"), "arrow": ("→", "->"), "mark": ("▌", "|"), "thumb": ("▐", "#"),
    "crumb": ("›", ">"), "enter": ("↵", "Enter"), "left_right": ("←→", "<>"), "at_least": ("≥", ">="),
    "approximate": ("≈", "c"), "port_down": ("↓", "v"), "port_up": ("↑", "^"),
}  # fmt: skip
"""Name → (sign, ASCII twin)."""

_PROSE = str.maketrans(
    {sign: twin for name, (sign, twin) in TWINS.items() if name != "trend" and len(sign) == 1 and sign not in "-?~"}
    | {"←": "<", "↑": "^", "↓": "v", "−": "-", "⋮": ":", "┃": "|", "’": "'", "²": "2", "⌫": "BkSp", "⇧": "S-"}
    | dict(zip(*TWINS["trend"], strict=True))
)

_SEVERITY = {
    Severity.DOWN: ("down", "DOWN", "crit bold"),
    Severity.AWAY: ("away", "AWAY", "crit bold"),
    Severity.CRITICAL: ("critical", "crit", "crit"),
    Severity.HIGH: ("high", "high", "high"),
    Severity.UNKNOWN: ("unknown", "unkn", "unk"),
    Severity.WARN: ("warn", "warn", "warn"),
    Severity.MAINTENANCE: ("maintenance", "mnt", "maint"),
    Severity.OK: ("ok", "ok", "ok"),
    Severity.DISABLED: ("disabled", "off", "dim"),
}
_LEVEL = {Level.NONE: "text", Level.WARN: "warn", Level.HIGH: "high", Level.CRITICAL: "crit"}
_ROLE = {Role.PRIMARY: "pri", Role.SECONDARY: "sec", Role.BACKUP: "bkp"}


def word(severity: int) -> str:
    """The state word of a table, at most 5 cells: `DOWN AWAY crit high unkn warn mnt ok off`."""
    return _SEVERITY[Severity(severity)][1]


def severity_role(severity: int) -> str:
    """The colour role of a severity's sign and word."""
    return _SEVERITY[Severity(severity)][2]


def level_role(level: int) -> str:
    """The colour role of a value by the threshold it crosses; `text` below all."""
    return _LEVEL[Level(level)]


class Signs:
    """All signs by name, in Unicode or in ASCII. `Signs(ascii=True).down` is `X`."""

    down: str
    away: str
    critical: str
    high: str
    unknown: str
    warn: str
    maintenance: str
    ok: str
    disabled: str
    active: str
    standing_in: str
    outage: str
    none: str
    stale: str
    bad_day: str
    biggest_first: str
    smallest_first: str
    cut: str
    person: str
    trend: str
    bar: str
    rule: str
    threshold: str
    full_block: str
    upper_block: str
    lower_block: str
    tentative: str
    line: str
    arrow: str
    mark: str
    thumb: str
    port_down: str
    port_up: str
    approximate: str
    crumb: str
    enter: str
    left_right: str
    at_least: str

    def __init__(self, ascii: bool = False) -> None:
        self.ascii = ascii
        for name, (sign, twin) in TWINS.items():
            setattr(self, name, twin if ascii else sign)

    def __repr__(self) -> str:
        return f"Signs(ascii={self.ascii})"

    def severity(self, severity: int) -> str:
        """The sign of a severity."""
        return TWINS[_SEVERITY[Severity(severity)][0]][self.ascii]

    def circuit_role(self, role: int) -> str:
        """`pri sec bkp`, or the sign for no value."""
        return _ROLE.get(Role(role), self.none)

    def prose(self, text: str) -> str:
        """Text as this terminal can show it: in ASCII mode every sign becomes its twin, and any other letter `?`."""
        if not self.ascii or text.isascii():
            return text
        return text.translate(_PROSE).encode("ascii", "replace").decode("ascii")


_COERCED = ("", "C.UTF-8", "C.utf8", "UTF-8")
"""What Python itself may have put into LC_CTYPE where the locale was C: it says nothing of the terminal."""


def wants_ascii(environ: Mapping[str, str], encoding: str | None, forced: bool = False) -> bool:
    """Whether this terminal is to get ASCII: asked for, a Linux console or less, a locale or stream without UTF-8."""
    utf8 = (encoding or "").lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig", "cp65001")
    ctype = environ.get("LC_CTYPE", "")
    locale = environ.get("LC_ALL") or (environ.get("LANG", "") if ctype in _COERCED else ctype)
    return forced or environ.get("TERM") in ("linux", "dumb") or locale in ("C", "POSIX") or not utf8
