"""Latest: changes worth telling, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.edges import Note
from noctui.model.inventory import Inventory
from noctui.model.scene import Range
from noctui.tui.look.numbers import event_time
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells
from noctui.tui.panes.asking import Question
from noctui.tui.panes.folding import Fold, folded
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, Run, crop, title

LONGEST = 86_400.0
MOST = 300
"""Changes asked for: many of them may be one line."""
_WORDS = {
    "level": "level", "failover": "failed over", "failback": "back on primary", "away": "gateway unreachable",
    "replaced": "gateway replaced",
}  # fmt: skip
"""What is said of a note without a text; else its kind."""


def _note(one: Note | Fold) -> Note:
    return one.note if isinstance(one, Fold) else one


def note_line(
    one: Note | Fold, inventory: Inventory, now: float, signs: Signs, *, site: bool = True, wide: int = 8
) -> Line:
    """`03:13:52  ▲ 0417 Comcast rx 93.4 %, ≥ 90`."""
    note = _note(one)
    when = event_time(note.event_time, now)
    sign: Run = (signs.severity(note.severity), severity_role(note.severity).split()[0])
    if note.kind in ("failover", "failback"):
        sign = (signs.standing_in, "accent bold")
    elif note.kind == "replaced":
        sign = (signs.ok, "accent bold")  # another gateway is no state
    said: Line = ((one.said, "hi"),) if isinstance(one, Fold) else _said(note, inventory, site)
    return ((when.ljust(wide), "dim"), ("  ", "text"), sign, (" ", "text"), *said)


def _said(note: Note, inventory: Inventory, site: bool) -> Line:
    """Who, and what the engine said of it. Failovers name their circuit themselves."""
    row = inventory.circuit_row.get(note.circuit_id)
    said = note.text or _WORDS.get(note.kind, note.kind)
    runs: list[Run] = []
    if site and (row is not None or note.site_id):
        found = inventory.site_row.get(note.site_id)
        where = cells.site_short(inventory, row) if row is not None else note.site_id
        if row is None and found is not None:
            where = cells.site_number(inventory.sites[found]) or inventory.sites[found].name
        runs.append((f"{where} ", "hi"))
    if row is not None and note.kind not in ("failover", "failback"):
        runs.append((f"{cells.carrier(inventory.circuits[row])} ", "text"))
    return (*runs, (said, "text"))


class Latest(Sheet):
    """The newest changes of the network, or of some circuits."""

    DEFAULT_CSS = """
    Latest { height: 1fr; padding: 0 1; }
    """

    def __init__(self, *, id: str, heading: str = "latest") -> None:
        super().__init__(id=id)
        self._heading = heading
        self._question = Question(self, self._fail)
        self._notes: tuple[Note, ...] = ()
        self._failed = ""
        self._moment: Moment | None = None
        self._about: tuple[str, ...] = ()

    def show(self, moment: Moment, circuit_ids: tuple[str, ...] = ()) -> None:
        """Show it at this moment; ask when a poll landed or the circuits are others."""
        if circuit_ids != self._about:
            self._notes, self._failed = (), ""
        self._moment, self._about = moment, circuit_ids
        range_ = Range(moment.at - LONGEST, moment.at, "24 h")
        self._question.ask(
            (moment.view.seq, moment.at, circuit_ids),
            lambda: moment.scene.read.notes(range_, MOST, circuit_ids),
            self._take,
        )
        self._draw()

    def _take(self, notes: Sequence[Note]) -> None:
        self._notes, self._failed = tuple(notes), ""
        self._draw()

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        wide = self.size.width
        inventory = moment.view.inventory
        lines: list[Line] = [title(self._heading, "", wide, rule=" " if moment.size is Size.S else "─")]
        if self._failed:
            self.paint([*lines, ((self._failed, "warn"),)])
            return
        room = max(self.size.height - 1, 0)
        known = [n for n in self._notes if n.event_time <= moment.at]
        shown = (list(known) if self._about else folded(known, inventory))[:room]
        times = 12 if any(len(event_time(_note(n).event_time, moment.at)) > 8 for n in shown) else 8
        told = (note_line(n, inventory, moment.at, moment.signs, site=not self._about, wide=times) for n in shown)
        lines += [crop(line, wide, moment.signs.cut) for line in told]
        if not shown:
            lines.append((("Nothing changed in 24 h.", "dim"),))
        self.paint(lines)
