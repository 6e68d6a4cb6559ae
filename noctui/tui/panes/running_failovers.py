"""Failovers of 24 h: those that run on first, with the quality of the circuit that carries meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from noctui.model.figures import Episode
from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import episode_rows
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.list_pane import Listed, ListPane, Sorts
from noctui.tui.panes.offender_kinds import range_of
from noctui.tui.place import Place, of_site
from noctui.tui.widgets.columns import Column


class RunningFailovers(ListPane):
    """Episodes of the last 24 h; Enter opens the site."""

    HEADING = "failovers, 24 h"
    SORT = ("running", True)
    TITLED = "who"
    EMPTY = ("No site ran without its primary in 24 h.",)

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        super().__init__(clock, sorts, id=id)
        self._found: Keeping[tuple[Episode, ...]] = Keeping(self, clock, self.draw)

    def columns(self, size: Size) -> tuple[Column, ...]:
        return episode_rows.COLUMNS

    def inquire(self, moment: Moment) -> None:
        read, range_ = moment.scene.read, range_of("24h", moment.at)
        self._found.want("episodes", moment.at, moment.scene.live, lambda: read.episodes(range_))

    def known(self, moment: Moment) -> Hashable:
        return id(self._found.known(moment.at))

    def listed(self, moment: Moment) -> Listed | None:
        found = self._found.known(moment.at)
        if found is None:
            return None
        running = sum(e.ended is None for e in found)
        note = f"{running:,} running, {len(found) - running:,} over" if found else ""
        return Listed(episode_rows.EpisodeRows(moment.view, found, moment.signs, moment.grey), None, note)

    def waiting(self) -> str:
        return f"Failovers {self._found.failed}." if self._found.failed else "Asking …"

    def opens(self, key: str) -> tuple[Place, str] | None:
        return of_site(key.rpartition(" ")[0]), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        return episode_rows.exported(rows, order) if isinstance(rows, episode_rows.EpisodeRows) else None
