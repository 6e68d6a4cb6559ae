"""The life of one work: its versions, newest first, and what each of them changed."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.works import Work
from noctui.tui.look.numbers import event_time
from noctui.tui.look.text import clean
from noctui.tui.moment import Moment
from noctui.tui.panes import work_words as words
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line


class Versions(Pane):
    """The shown one is marked."""

    HEADING = "versions"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._works: Sequence[Work] = ()
        self._shown = 0

    def tell(self, works: Sequence[Work], shown: int) -> None:
        """Oldest first; which of them is shown."""
        self._works, self._shown = works, shown
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        lines = [self._line(i, moment) for i in reversed(range(len(self._works)))]
        note = f"{self._shown + 1} of {len(self._works)}, {{ }} another" if len(self._works) > 1 else ""
        return Content(lines or [(("Not known.", "dim"),)], note)

    def _line(self, i: int, moment: Moment) -> Line:
        work, here = self._works[i], i == self._shown
        told = work.maintenance
        windows = words.window_words(told.windows[0]) if told.windows else "no window"
        more = f" and {len(told.windows) - 1} more" if len(told.windows) > 1 else ""
        said = "; ".join(work.said) or ("first notice" if i == 0 else "nothing changed")
        return (
            (moment.signs.mark if here else " ", "accent"), (f"{work.version:>2}  ", "hi" if here else "dim"),
            (f"{event_time(work.known_at, moment.at):<12}  ", "dim"), (f"{told.status.lower():<12}  ", "text"),
            (f"{windows}{more}  ", "text"), (clean(said), "warn" if work.late else "dim"),
        )  # fmt: skip
