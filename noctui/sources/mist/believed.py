"""What seldom changes, from answers that may hold anything: what a row cannot mean stays as it was known before.

A row that says nothing is the one before; a value that cannot be true is the one before; when some row does not say
what it speaks of, nothing is gone. All of it is counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import structs

from noctui.sources.mist.feeds import Fetched
from noctui.sources.mist.odd import Odd, R, shown, whose
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.structs import InventoryRow, PortConfig, Row, SiteGroupRow, SiteRow, TemplateRow
from noctui.sources.mist.text import clean

_ALWAYS = ("name", "timezone", "model", "serial")
"""What a row that had it once always has."""
_FASTEST_KBPS = 1e9
_LAST_PREFERENCE = 1e6
_LAST_VLAN = 4095


def key(row: Row) -> str:
    """What a row goes by: an id, or the mac of a device; "" when it does not say."""
    if isinstance(row, InventoryRow):
        return as_mac(row.mac)
    return clean(getattr(row, "id", None))


def believed(found: Fetched[R], known: Iterable[R]) -> list[R]:
    """The rows of `found` as far as they can be true, else as they are `known`; `found.odd` counts the rest."""
    before = {key(row): row for row in known}
    rows: list[R] = []
    for at, row in enumerate(found.rows):
        name = key(row)
        if not name:
            found.odd.empty(row, named=False)
            continue
        old = before.get(name)
        unfit = (*found.pages.unfit.get(at, ()), *_impossible(row, found.odd))
        if _says_nothing(row) and not unfit:
            found.odd.empty(old or row)
            row = _again(old, row)
        elif old is not None:
            for field in (*unfit, *(f for f in _ALWAYS if getattr(row, f, "") is None)):
                setattr(row, field, getattr(old, field))
        rows.append(row)
    if found.whole and not found.sure:
        had = {key(row) for row in rows}
        rows += [row for name, row in before.items() if name not in had]
    return rows


def _again(old: R | None, row: R) -> R:
    """The row of before; whether a device is connected is of now."""
    if old is None:
        return row
    if isinstance(old, InventoryRow):
        return structs.replace(old, connected=row.connected)  # type: ignore[attr-defined]
    return old


def _says_nothing(row: Row) -> bool:
    match row:
        case SiteRow():
            return row.name is None and row.timezone is None
        case SiteGroupRow() | TemplateRow():
            return row.name is None
        case InventoryRow():
            return row.model is None and row.name is None and row.serial is None
    return False


def _impossible(row: Row, odd: Odd) -> tuple[str, ...]:
    """Attributes with values that cannot be true; such values are taken out of the row."""
    before = odd.count
    if isinstance(row, SiteRow) and row.latlng is not None:
        for name, most in (("lat", 90.0), ("lng", 180.0)):
            _take_out(row.latlng, name, -most, most, row, odd)
        return ("latlng",) if odd.count > before else ()
    if isinstance(row, TemplateRow):
        for port in (row.port_config or {}).values():
            _check_port(port, row, odd)
        return ("port_config",) if odd.count > before else ()
    return ()


def _check_port(port: PortConfig, row: Row, odd: Odd) -> None:
    if port.traffic_shaping is not None:
        _take_out(port.traffic_shaping, "max_tx_kbps", 0, _FASTEST_KBPS, row, odd)
    for path in (port.vpn_paths or {}).values():
        _take_out(path, "preference", 0, _LAST_PREFERENCE, row, odd)
    _take_out(port, "vlan_id", 0, _LAST_VLAN, row, odd)


def _take_out(part: Row, name: str, least: float, most: float, row: Row, odd: Odd) -> None:
    """A number outside its range becomes unknown. Text may be a variable."""
    value = getattr(part, name)
    if isinstance(value, int | float) and not (math.isfinite(value) and least <= value <= most):
        odd.add(f"{name} {shown(value)}", whose(row))
        setattr(part, name, None)
