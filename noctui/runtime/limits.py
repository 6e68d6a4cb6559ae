"""The thresholds that settings give each circuit of an inventory, for what the screen says about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.model.words import THRESHOLDS, Metric

if TYPE_CHECKING:
    from noctui.model.inventory import Inventory
    from noctui.model.view import F8
    from noctui.settings import Thresholds


def limits_of(thresholds: Thresholds, inventory: Inventory) -> F8 | None:
    """[circuits, metrics, 3] warn, high, critical; None where the defaults hold everywhere."""
    kinds: dict[tuple[str, str], int] = {}
    kind = [kinds.setdefault((site.store_type, site.region), len(kinds)) for site in inventory.sites]
    tables = [thresholds.at(*key) for key in kinds]
    tables.append(thresholds.at("", ""))  # circuits whose site is not known: row -1 reaches it
    if all(table == THRESHOLDS for table in tables):
        return None
    import numpy as np  # loaded with the first View

    made = np.array([[table[metric] for metric in Metric] for table in tables], np.float64)
    found: F8 = made[np.array([*kind, len(tables) - 1])[inventory.circuit_site]]
    return found


class LimitsKept:
    """`limits_of` one set of thresholds, kept for the newest inventory version, which many Views share."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._kept: tuple[Inventory | None, F8 | None] = None, None

    def of(self, inventory: Inventory) -> F8 | None:
        """From any thread."""
        kept = self._kept
        if inventory is not kept[0]:
            kept = self._kept = inventory, limits_of(self._thresholds, inventory)
        return kept[1]


__all__ = ["LimitsKept", "limits_of"]
