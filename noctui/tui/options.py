"""What the screen is told from outside: where files go, how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """`state` is the file of what is remembered between runs (None: nothing); `themes` the user's own theme files.
    `layout` is that of screen 1, `zone` whose months are counted."""

    exports: Path = field(default_factory=lambda: Path("exports"))
    state: Path | None = None
    theme: str = "dark"
    themes: Path | None = None
    ascii: bool = False
    no_color: bool = False
    read_only: bool = False
    layout: str = "noc"
    zone: str = "UTC"
