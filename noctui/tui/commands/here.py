"""What a command is understood by: the network as it is shown, and what the board shown can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from noctui.model.view import View
from noctui.tui.commands.names import Names, names_of
from noctui.tui.filter import Subject
from noctui.tui.look.signs import Signs
from noctui.tui.place import Place


@dataclass(frozen=True)
class Here:
    """`subject` is what the table shown is filtered by (None: nothing is filtered here); `columns` are those that it
    may show by key, with their titles; `windows` the words that it looks back by."""

    view: View
    now: float
    place: Place
    signs: Signs
    subject: Callable[[], Subject] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    windows: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()
    saved: Mapping[str, str] = field(default_factory=dict)
    """Filters that were kept: name → the filter in words."""

    @property
    def names(self) -> Names:
        return names_of(self.view.inventory)
