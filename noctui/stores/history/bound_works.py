"""The questions about planned work, mails and outages that a bound Reader answers."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from noctui.model.inventory import Inventory
from noctui.model.scene import Range
from noctui.model.scores import ScoreBoard
from noctui.model.works import Mail, MailRead, Outage, Work
from noctui.stores.history.blocks import Go
from noctui.stores.history.bound_base import Bound
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.known import EVER
from noctui.stores.history.standing_works import WHOLE
from noctui.stores.history.versions import NOW
from noctui.stores.history.work_rows import plain_id, select_life, select_works

if TYPE_CHECKING:
    from noctui.model.mails import Body


class BoundWorks(Bound):
    """Every answer ends at the instant and at what was known then; of a live Scene at now, since mails do not wait for
    a poll. Windows of the coming weeks are known now. What reads mails and outages is imported by who asks for them: no
    screen does before its first paint."""

    async def works(
        self, range_: Range, *, site_id: str = "", circuit_id: str = "", provider: str = ""
    ) -> tuple[Work, ...]:
        known, said = self._informed, self._history.said
        inventory = await self._inventory()

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Work, ...]:
            mine = _circuits(inventory, site_id, circuit_id)
            ids: list[str] = []
            if mine is not None and range_.end - range_.start > WHOLE:
                ids = [c for _, c in mine if c] or [" "]
            stored = select_works(db, range_.start, range_.end, known, said, ids)
            go()
            found = self._history.standing.asked(stored, inventory, _alike(range_, ids))
            if mine is not None:
                those = {c for c, _ in mine}
                found = tuple(w for w in found if not those.isdisjoint(w.circuit_ids))
            return tuple(
                w
                for w in found
                if (not provider or w.maintenance.provider == provider)
                and (not w.maintenance.windows or _touches(w, range_))
            )

        return await self._run(work, ())

    async def work_versions(self, provider: str, maintenance_id: str) -> tuple[Work, ...]:
        known, said = self._informed, self._history.said
        inventory = await self._inventory()

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Work, ...]:
            life = select_life(db, (provider, plain_id(maintenance_id)), known, said)
            return tuple(w for one in life for w in self._history.standing.asked((one,), inventory, "one"))

        return await self._run(work, ())

    async def mails(self, range_: Range, limit: int = 1000, waiting: bool = False) -> tuple[Mail, ...]:
        end = range_.end if self._live else min(range_.end, self._at)
        known, said = self._informed, self._history.said

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Mail, ...]:
            from noctui.stores.history.mail_rows import select_mails

            return select_mails(db, range_.start, end, known, limit, waiting, said)

        return await self._run(work, ())

    async def mail(self, key: str) -> MailRead | None:
        """Its lines are those of its bytes; where these are older than is kept there are none. Raises DamagedBlock."""
        known, said = self._informed, self._history.said

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> MailRead | None:
            from noctui.stores.history.mail_rows import body_of, mail_of

            found = mail_of(db, key, known, said)
            if found is None:
                return None
            try:
                body = body_of(db, key, known, said)
            except DamagedBlock:
                body = None  # what was read in it stands all the same
            go()
            return MailRead(mail=found[0], notice=found[1], parts=_parts(body))

        return await self._run(work, None)

    async def outages(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = ""
    ) -> tuple[Outage, ...]:
        """Of the range what is known of it at the instant; an outage that goes on has no end."""
        end = min(range_.end, self._at)
        counts, known, said = self._counts, self._informed, self._history.said
        inventory = await self._inventory()

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Outage, ...]:
            from noctui.stores.history.outage_rows import outages_of

            mine = _circuits(inventory, site_id, circuit_id)
            only = None if mine is None else {c for c, _ in mine}
            edges = self._history.edges_since(db, counts, range_.start, only)
            go()
            ids = [] if mine is None else [c for _, c in mine if c] or [" "]
            stored = select_works(db, range_.start, end, known, said, ids)
            works = self._history.standing.asked(stored, inventory, _alike(range_, ids))
            return outages_of(edges, works, range_.start, end, self._at, limit)

        return await self._run(work, ())

    async def scores(self, period: str = "running", *, site_id: str = "", circuit_id: str = "") -> ScoreBoard | None:
        """Verdicts are worked out above the stores. Raises ValueError: no such month, or not yet."""
        ask = self._history.scores_of
        if ask is None:
            return None
        board = await ask(self._at, self._live, period)
        if board is None or not (site_id or circuit_id):
            return board
        lines = (
            line
            for line in board.lines
            if (not site_id or site_id in line.site_ids) and (not circuit_id or circuit_id in line.circuits)
        )
        return msgspec.structs.replace(board, lines=tuple(lines))

    async def _inventory(self) -> Inventory | None:
        """The circuits that were known."""

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> Inventory | None:
            return self._history.inventory_of(db, EVER if self._corrected else self._at)

        return await self._run(work, None)

    @property
    def _informed(self) -> float:
        """Versions of works and mails in force at this moment count."""
        return NOW if self._corrected or self._live else self._at


def _circuits(inventory: Inventory | None, site_id: str, circuit_id: str) -> list[tuple[str, str]] | None:
    """(our id, the carrier's) of the circuits asked for; None: all."""
    if not site_id and not circuit_id:
        return None
    if inventory is None:
        return []
    return [
        (c.circuit_id, c.carrier_circuit_id)
        for c in inventory.circuits
        if (not circuit_id or c.circuit_id == circuit_id) and (not site_id or c.site_id == site_id)
    ]


def _alike(range_: Range, ids: list[str]) -> str:
    """Ranges that move along with the time are as long as before."""
    return "few" if ids else f"{range_.end - range_.start:.0f}"


def _touches(work: Work, range_: Range) -> bool:
    return any(w.end > range_.start and w.start < range_.end for w in work.maintenance.windows)


def _parts(body: Body | None) -> dict[str, tuple[str, ...]]:
    if body is None:
        return {}
    from noctui.planned.shown import parts  # all of what reads mails, for the few that are looked at

    return parts(body.data)
