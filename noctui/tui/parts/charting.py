"""Opening charts of what the cursor stands on."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.shell import Shell


class Charting(Shell):
    """The key that opens charts; a filter comes along, for it says which circuits."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("chart")

    async def action_chart(self) -> None:
        place = self.board.charted() if self.board is not None else None
        if place is None:
            self.say("There is nothing here to draw a chart of.")
            return
        chosen = self._chosen.get(self.place)
        if chosen is not None and not (place.circuit_id or place.site_id) and any(chosen):
            self._chosen[place] = chosen
        else:
            self._chosen.pop(place, None)
        self._trail.enter(place)
        await self.arrive()
