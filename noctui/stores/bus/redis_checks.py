"""Whether a View that came over the bus fits the inventory it is to be shown with: else it would be a wrong picture."""

from __future__ import annotations

from noctui.model.inventory import Inventory
from noctui.model.view import TREND_SLOTS, View
from noctui.model.words import Metric, Severity
from noctui.stores.bus.redis_blobs import TABLES, CorruptError, columns

WIDE = {
    ("sites", "counts"): len(Severity), ("regions", "counts"): len(Severity),
    ("regions", "bad_trend"): TREND_SLOTS, ("circuits", "trend"): TREND_SLOTS,
}  # fmt: skip
"""Columns with a second dimension, and its length."""


def check(view: View, inventory: Inventory) -> None:
    """Raises CorruptError, naming the first column that does not fit."""
    sizes = {
        "circuits": len(inventory.circuits), "gateways": len(inventory.gateways), "paths": len(inventory.paths),
        "sites": len(inventory.sites), "regions": len(inventory.regions),
    }  # fmt: skip
    for table, class_ in TABLES.items():
        rows, those = sizes[table], getattr(view, table)
        for name, kind in columns(class_).items():
            column = getattr(those, name)
            shape: tuple[int, ...] = (rows,)
            if (table, name) in WIDE:
                shape = (rows, WIDE[table, name])
            if column.dtype != kind or column.shape != shape:
                found = f"{column.dtype}{column.shape}"
                raise CorruptError(f"a poll on the bus has {table}.{name} as {found}, not {kind}{shape}")
    limits = view.limits
    if limits is not None and limits.shape != (sizes["circuits"], len(Metric), 3):
        raise CorruptError(f"a poll on the bus has limits of {limits.shape}")
