"""The questions about planned work and mails that a bound Reader answers."""

from __future__ import annotations

from noctui.model.scene import Range
from noctui.model.scores import ScoreBoard
from noctui.model.works import Mail, MailRead, Outage, Work
from noctui.stores.history.bound_base import Bound


class BoundWorks(Bound):
    """Every answer ends at the instant and at what was known then."""

    async def works(
        self, range_: Range, *, site_id: str = "", circuit_id: str = "", provider: str = ""
    ) -> tuple[Work, ...]:
        return ()

    async def work_versions(self, provider: str, maintenance_id: str) -> tuple[Work, ...]:
        return ()

    async def mails(self, range_: Range, limit: int = 1000, waiting: bool = False) -> tuple[Mail, ...]:
        return ()

    async def mail(self, key: str) -> MailRead | None:
        return None

    async def outages(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = ""
    ) -> tuple[Outage, ...]:
        return ()

    async def scores(self, period: str = "running", *, site_id: str = "", circuit_id: str = "") -> ScoreBoard | None:
        """Verdicts are worked out above the stores."""
        return None
