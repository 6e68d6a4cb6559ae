"""Notices between reading and filing: whose carriers' they may be, whether they are about circuits of ours, and what a
person says in place of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import structs

from noctui.mail_settings import MailSettings
from noctui.model.inventory import Inventory
from noctui.model.mails import filled_of
from noctui.model.notices import Notice, Outcome
from noctui.planned.known_circuits import judged
from noctui.planned.matching import Index
from noctui.planned.providers import Provider, of_settings, with_own

if TYPE_CHECKING:
    from noctui.stores.history import HistoryReader


def carriers(settings: MailSettings) -> tuple[Provider, ...]:
    """Those of the settings, then those that noctui knows."""
    return with_own(of_settings(settings.providers))


def name_carriers(history: HistoryReader, settings: MailSettings) -> None:
    """What this reader tells of planned work knows the carriers of the settings, too."""
    if settings.providers:
        from noctui.stores.history.standing_works import StandingWorks

        history.standing = StandingWorks(carriers(settings))


class Judge:
    """Whether notices are about circuits of ours, by the inventory that is known."""

    def __init__(self, settings: MailSettings, inventory: Callable[[], Inventory | None]) -> None:
        self.providers = carriers(settings)
        self._inventory = inventory
        self._known: tuple[Inventory, Index] | None = None

    def notice(self, notice: Notice) -> Notice:
        """From any thread."""
        inventory = self._inventory()
        if inventory is None:
            return notice
        known = self._known
        if known is None or known[0] is not inventory:
            known = self._known = inventory, Index(inventory.circuits)
        return judged(notice, known[1], self.providers)


def filled(notice: Notice, detail: str) -> Notice:
    """What a person read in a mail in place of what noctui did. Raises ValueError."""
    one = filled_of(detail)
    return structs.replace(
        notice,
        outcome=Outcome.PARSED,
        provider=one.provider.strip(),
        reader="by hand",
        maintenances=(one.maintenance(notice.date),),
        faults=(),
    )
