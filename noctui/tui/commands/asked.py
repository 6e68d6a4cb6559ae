"""What a line of the `:` line comes to: one thing to do, or one clear line about what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.tui.place import Place


class CommandError(ValueError):
    """One clear line. What it quotes is data: whoever shows it takes control characters out."""


@dataclass(frozen=True, slots=True)
class Go:
    """Open this screen; there with this filter (None: the one that it has)."""

    place: Place
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class At:
    """Set the time machine to this instant (UTC epoch seconds). `corrected`: by what is known now, not then."""

    at: float
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """Replay the past at this speed from this instant on (UTC epoch seconds); None: from where one stands."""

    speed: int
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """Back to now."""


@dataclass(frozen=True, slots=True)
class Show:
    """Show the org of this name or id."""

    org: str


@dataclass(frozen=True, slots=True)
class Export:
    """Write the table shown; to this file, or (empty) as the key does."""

    file: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Look back over this window, by its word."""

    window: str


@dataclass(frozen=True, slots=True)
class Dress:
    """Draw with this theme."""

    theme: str


@dataclass(frozen=True, slots=True)
class Arrange:
    """Show screen 1 in this layout; empty: the next one."""

    layout: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """Show these columns of the table; none: let them be chosen. `usual`: those that it has by itself."""

    columns: tuple[str, ...] = ()
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Narrow:
    """Filter the table shown by this text; empty: no filter."""

    text: str


@dataclass(frozen=True, slots=True)
class Explain:
    """Help: of where one is, or of a command."""

    verb: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Act on alarms: on those where the cursor stands, or (`all_of`) on all that the table shows. `send`: at once,
    since all that is needed was said."""

    kind: str
    why: str = ""
    owner: str = ""
    until: str = ""
    all_of: bool = False
    send: bool = False


@dataclass(frozen=True, slots=True)
class Find:
    """Open the incident of this number, which is over."""

    number: int


@dataclass(frozen=True, slots=True)
class See:
    """All alarms are seen."""


@dataclass(frozen=True, slots=True)
class Save:
    """Keep the filter shown under this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Use:
    """Filter by what is kept under this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Quit:
    """End."""


Asked = (
    Go | At | Play | Live | Export | Look | Dress | Arrange | Choose | Narrow | Explain | Act | Find | See | Save | Use
    | Show | Quit
)  # fmt: skip
