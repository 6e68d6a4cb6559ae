"""Which outbox sends which feed."""

from __future__ import annotations

from noctui.stores.history.reader import HistoryReader
from noctui.stores.warehouse.ddl import FEEDS
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.outbox import Outbox
from noctui.stores.warehouse.outbox_dims import ActiveOutbox, CircuitsOutbox, SitesOutbox, TimesOutbox
from noctui.stores.warehouse.outbox_events import FailoversOutbox, OutagesOutbox
from noctui.stores.warehouse.outbox_hours import MOST_ROWS, HoursOutbox
from noctui.stores.warehouse.outbox_periods import period_outboxes
from noctui.stores.warehouse.outbox_windows import WindowsOutbox
from noctui.stores.warehouse.outbox_works import WorksOutbox


def outboxes(reader: HistoryReader, most: int = MOST_ROWS) -> tuple[Outbox, ...]:
    """In the order in which they are sent. `most` rows are in a batch."""
    return (
        TimesOutbox(reader),
        SitesOutbox(reader),
        CircuitsOutbox(reader),
        ActiveOutbox(reader),
        HoursOutbox(reader, most),
        *period_outboxes(reader),
        FailoversOutbox(reader),
        OutagesOutbox(reader),
        WindowsOutbox(reader),
        WorksOutbox(reader),
    )


def chosen(all_: tuple[Outbox, ...], names: str) -> tuple[Outbox, ...]:
    """Those whose feed, or one of whose tables, is named (comma-separated, any case; "" is all). Raises WarehouseFault:
    there is none of that name."""
    wanted = {word.strip().upper() for word in names.split(",") if word.strip()}
    if not wanted:
        return all_
    known = {name for feed in FEEDS for name in (feed.name.upper(), *(table.name for table in feed.tables))}
    if unknown := sorted(wanted - known):
        feeds = ", ".join(feed.name for feed in FEEDS)
        raise WarehouseFault(
            f"no table {unknown[0].lower()}: feeds are {feeds}; tables as in docs/warehouse.md", "usage"
        )
    return tuple(o for o in all_ if wanted & {o.feed.name.upper(), *(table.name for table in o.feed.tables)})
