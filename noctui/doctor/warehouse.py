"""The warehouse: how it is logged in to, whether it can be reached and has the tables, and how far history is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check
from noctui.runtime import sync_health
from noctui.runtime.folders import org_folder
from noctui.settings import Settings
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login

LATE = 26 * 3600.0
"""Seconds after which a history that was not sent whole is worth a word."""


def warehouse(settings: Settings, offline: bool, now: float) -> Iterator[Check]:
    """Nothing where no account is set."""
    if not settings.warehouse_account:
        return
    login = Login.of(settings)
    try:
        login.keywords()
    except WarehouseFault as fault:
        yield Check("warehouse", FAIL, fault.text, "docs/warehouse-access.md")
        return
    for text in login.warnings(now):
        yield Check("warehouse", WARN, text)
    if offline:
        yield Check("warehouse", NOTE, f"{login.place}, {login.tables}, by {login.way}: not looked at (--offline)")
    else:
        yield _reached(login)
    yield from _sent(settings, now)


def _reached(login: Login) -> Check:
    from noctui.stores.warehouse import migrate
    from noctui.stores.warehouse.connect import connected

    try:
        with connected(login) as session:
            migrate.check(session)
            role = session.raw.role or "its default role"
    except WarehouseFault as fault:
        return Check("warehouse", FAIL, fault.text, "docs/warehouse-access.md")
    return Check("warehouse", OK, f"{login.place}, {login.tables}: reached by {login.way} as {role}; tables are there")


def _sent(settings: Settings, now: float) -> Iterator[Check]:
    orgs = [settings.org_id] if settings.org_id else sorted(p.parent.name for p in settings.data.glob("*/history.db"))
    for org in orgs:
        found = sync_health.measure(org_folder(settings.data, org))
        if found is None:
            yield Check("sync", NOTE, f"{org}: never sent to the warehouse", "noctui sync")
            continue
        waits = f", {found.waiting:,} rows waited then" if found.waiting else ""
        cost = f", about {found.credits_a_day:.1f} credits a day" if found.credits_a_day == found.credits_a_day else ""
        said = f"{org}: {found.status} {_when(found.ran_at)}{waits}{cost}"
        if found.status in ("failed", "partial", "ended"):
            yield Check("sync", WARN, f"{said}: {found.text}" if found.text else said, "noctui sync says more")
        elif now - found.whole_at > LATE:
            when = f"since {_when(found.whole_at)}" if found.whole_at else "yet"
            yield Check("sync", WARN, f"{said}; not sent whole {when}", "noctui sync --watch, or a timer")
        else:
            yield Check("sync", OK, said)


def _when(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC" if at else "at no known time"
