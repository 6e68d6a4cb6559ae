"""What a board is shown with: a Scene, the present, and the room there is. Panes are functions of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noctui.model.scene import Scene
    from noctui.model.view import View
    from noctui.tui.filter import Filter
    from noctui.tui.look.signs import Signs
    from noctui.tui.place import Place


class Size(Enum):
    """How much room the terminal gives. TINY shows one line, S drops rules and titles, L gets more panes."""

    TINY = "tiny"
    S = "s"
    M = "m"
    L = "l"


def size_of(width: int, height: int) -> Size:
    if width < 40 or height < 10:
        return Size.TINY
    if width < 110 or height < 34:
        return Size.S
    return Size.L if width >= 180 and height >= 50 else Size.M


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing to paint. `grey`: nothing of it is live any more (stale feed, Mist lost), so colour leaves it.
    `corrected`: a past that is shown by what is known now; `replay` says so when it goes on by itself."""

    scene: Scene
    now: float
    size: Size
    place: Place
    filter: Filter
    severities: frozenset[int]
    signs: Signs
    grey: bool = False
    corrected: bool = False
    replay: str = ""

    @property
    def view(self) -> View:
        return self.scene.view

    @property
    def look_key(self) -> tuple[int, bool, int, bool]:
        """Equal for two moments whose tables look the same: then rows that were made for one do for the other."""
        return id(self.view), self.grey, id(self.signs), self.size is Size.L

    @property
    def at(self) -> float:
        """What durations are counted to: the Scene's instant, so that a pane changes with its poll and not between."""
        return self.scene.at

    @property
    def heard_at(self) -> float:
        """How old the data is counted from: the newest poll that brought circuits, not one that brought nothing."""
        return heard_at(self.scene)


def heard_at(scene: Scene) -> float:
    """The instant of the newest poll that brought circuits; of a past Scene its own."""
    return (scene.status.heard_at or scene.at) if scene.live else scene.at
