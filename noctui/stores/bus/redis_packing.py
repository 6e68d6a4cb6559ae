"""A View on its way: without its inventory and alarms, and joined with those it belongs to on arrival."""

from __future__ import annotations

from dataclasses import replace

from noctui.model.alarms import NO_ALARMS, Alarms
from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.stores.bus.redis_checks import check

NONE = Inventory(org_id="")
"""What stands in a View on its way, instead of its inventory."""


def slim(view: View) -> View:
    """What travels."""
    return replace(view, inventory=NONE, alarms=NO_ALARMS)


def whole(view: View, inventory: Inventory, alarms: Alarms) -> View:
    """What arrived, whole again. Raises CorruptError when it does not fit the inventory."""
    check(view, inventory)
    return replace(view, inventory=inventory, alarms=alarms)
