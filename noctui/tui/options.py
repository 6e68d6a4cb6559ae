"""What the screen is told from outside: where files go, how it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from noctui.settings import OwnKey


@dataclass(frozen=True, slots=True)
class Wall:
    """Pages by their words (`wall.pages`), and seconds: of a page, of one held for news, without a key until the pages
    turn again."""

    pages: tuple[str, ...] = ("overview", "incidents", "maintenance", "alarms")
    seconds: float = 20.0
    hold: float = 120.0
    idle: float = 120.0


@dataclass(frozen=True, slots=True)
class Options:
    """`state` is the file of what is remembered between runs (None: nothing); `themes` the user's own theme files.
    `layout` is that of screen 1, `zone` whose months are counted; `wall` is how pages turn (None: they do not);
    `keys` are the user's own. `who` acts on alarms (empty: the user of this machine who runs this);
    `runbook` says what is to be done, by type of alarm.
    `host` is the API's, whose portal is opened. `bell` is the mildest severity that rings (or `off`), `osc` how a
    terminal is told (`off`, `9`, `777`)."""

    exports: Path = field(default_factory=lambda: Path("exports"))
    state: Path | None = None
    theme: str = "dark"
    themes: Path | None = None
    ascii: bool = False
    no_color: bool = False
    read_only: bool = False
    layout: str = "noc"
    zone: str = "UTC"
    wall: Wall | None = None
    keys: tuple[OwnKey, ...] = ()
    host: str = ""
    bell: str = "off"
    osc: str = "off"
    who: str = ""
    runbook: Mapping[str, str] = field(default_factory=dict)
