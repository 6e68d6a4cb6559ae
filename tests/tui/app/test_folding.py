"""One cause, one line in latest."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.edges import Note
from noctui.model.words import Role, Severity
from noctui.tui.panes.folding import Fold, folded
from tests import night

INVENTORY = night.inventory()


def notes(kind: str, known_at: float, rows: Sequence[int]) -> list[Note]:
    return [
        Note(
            event_time=known_at - i, known_at=known_at, kind=kind, severity=Severity.DOWN, text=f"{kind} {row}",
            circuit_id=INVENTORY.circuits[row].circuit_id, site_id=INVENTORY.circuits[row].site_id,
        )
        for i, row in enumerate(rows)
    ]  # fmt: skip


def rows_of(carrier: str, region: str, role: Role | None = None) -> list[int]:
    return [
        row
        for row, c in enumerate(INVENTORY.circuits)
        if c.carrier == carrier
        and INVENTORY.sites[INVENTORY.site_row[c.site_id]].region == region
        and (role is None or c.role is role)
    ]


def said(found: Sequence[Note | Fold]) -> list[str]:
    return [one.said if isinstance(one, Fold) else one.text for one in found]


def test_five_of_one_poll_and_kind_are_one_line_in_place_of_the_newest() -> None:
    lost = notes("down", 1000.0, rows_of("Lumen", "Mountain", Role.PRIMARY))
    sites = len({n.site_id for n in lost})
    other = notes("level", 1000.0, [0, 1])
    found = folded([other[0], *lost, other[1]], INVENTORY)
    assert said(found) == [other[0].text, f"Lumen down at {sites} Mountain sites", other[1].text]
    assert isinstance(found[1], Fold)
    assert found[1].note is lost[0]


def test_fewer_or_of_other_polls_stay_by_themselves() -> None:
    rows = rows_of("Lumen", "Mountain")
    apart = [*notes("down", 1000.0, rows[:4]), *notes("down", 940.0, rows[4:8])]
    assert said(folded(apart, INVENTORY)) == [n.text for n in apart]


def test_several_carriers_and_regions_are_counted() -> None:
    rows = list(range(30))
    sites = len({INVENTORY.circuits[r].site_id for r in rows})
    assert said(folded(notes("up", 1.0, rows), INVENTORY)) == [f"30 circuits up again at {sites} sites"]
    assert said(folded(notes("away", 1.0, rows), INVENTORY)) == [f"{sites} sites unreachable"]
    assert said(folded(notes("failback", 1.0, rows), INVENTORY)) == [f"{sites} sites back on primary"]


def test_failovers_name_the_role_when_it_is_one() -> None:
    rows = [r for r, c in enumerate(INVENTORY.circuits) if c.role is Role.SECONDARY][:6]
    [one] = said(folded(notes("failover", 1.0, rows), INVENTORY))
    assert one.endswith(" on secondary")
