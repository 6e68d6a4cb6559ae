"""Circuits that a work names: the carrier's id, ours that it means, how it was matched, and how it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noctui.model.view import View
from noctui.model.works import Matched, Work
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clean
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells, work_words
from noctui.tui.panes.list_pane import Listed, ListPane
from noctui.tui.panes.thing_rows import ThingRows, Told
from noctui.tui.place import Place, of_circuit
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("state", "state", 6), Column("site", "site", 4), Column("name", "name", 16, flex=True, drop=4),
    Column("role", "role", 4), Column("carrier", "carrier", 11, drop=3), Column("said", "in the notice", 18),
    Column("how", "matched", 10, drop=2), Column("impact", "impact", 18, drop=5),
)  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """A circuit of ours, or (row None) an id that means none."""

    matched: Matched
    circuit_id: str
    row: int | None


def hits(work: Work, view: View) -> list[Hit]:
    row_of = view.inventory.circuit_row
    return [Hit(m, c, row_of.get(c)) for m in work.matched for c in (m.circuit_ids or ("",))]


def told_of(view: View, signs: Signs) -> Told[Hit]:
    """How they are told of this View."""
    inv = view.inventory

    def text(hit: Hit, column: str) -> str:
        circuit = inv.circuits[hit.row] if hit.row is not None else None
        site_row = inv.site_row.get(circuit.site_id) if circuit is not None else None
        site = inv.sites[site_row] if site_row is not None else None
        match column:
            case "site":
                return cells.site_number(site) if site else ""
            case "name":
                return cells.site_town(site) if site else ("no circuit of ours" if hit.row is None else "")
            case "role":
                return signs.circuit_role(circuit.role) if circuit else ""
            case "carrier":
                return cells.carrier(circuit) if circuit else ""
            case "said":
                return hit.matched.said
            case "how":
                return hit.matched.how
        return _impact(hit.matched)

    def cell(hit: Hit, column: str) -> Cell:
        if column == "state":
            if hit.row is None:
                return (f"{signs.unknown} –", "unk")
            return cells.state_cell(int(view.circuits.severity[hit.row]), signs)
        said = clean(text(hit, column))
        role = (
            "hi" if column == "said" else "unk" if hit.row is None else "dim" if column in ("how", "impact") else "text"
        )
        return (said or "–", role if said else "faint")

    def value(hit: Hit, column: str) -> float | str:
        if column == "state":
            return -1.0 if hit.row is None else -float(view.circuits.severity[hit.row])
        return text(hit, column)

    return Told(lambda hit: f"{hit.matched.said}\t{hit.circuit_id}", cell, value, frozenset({"state"}))


def _impact(m: Matched) -> str:
    from noctui.tui.look.numbers import duration_prose

    return work_words.impact_word(m.impact) + (f", {duration_prose(m.seconds)}" if m.seconds is not None else "")


class WorkCircuits(ListPane):
    """Enter opens the circuit."""

    HEADING = "circuits"
    SORT = ("state", True)
    TITLED = "name"
    EMPTY = ("The notice names no circuit.",)

    def tell(self, work: Work | None) -> None:
        self._work = work
        self.draw()

    _work: Work | None = None

    def columns(self, size: Size) -> tuple[Column, ...]:
        return COLUMNS

    def known(self, moment: Moment) -> object:
        return id(self._work)

    def listed(self, moment: Moment) -> Listed | None:
        if self._work is None:
            return None
        found: Sequence[Hit] = hits(self._work, moment.view)
        rows = ThingRows(found, told_of(moment.view, moment.signs), moment.grey)
        return Listed(rows, None, work_words.circuit_words(self._work))

    def opens(self, key: str) -> tuple[Place, str] | None:
        circuit_id = key.partition("\t")[2]
        view = self.view
        known = view is not None and circuit_id in view.inventory.circuit_row
        return (of_circuit(circuit_id), "") if known else None
