"""The Mist portal: what the cursor stands on is shown there."""

from __future__ import annotations

import os
from typing import ClassVar

from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.parts.giving import Giving


class Visiting(Giving):
    """Pages of the portal, in a browser; where there is none to be seen, their address is copied."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("portal")

    def action_portal(self) -> None:
        from noctui.tui import portal

        if self._scene is None or self.board is None:
            return
        base = portal.portal(self.options.host)
        if not base:
            self.say(f"{self.options.host or 'This network'} has no Mist portal: it is not a cloud of Mist.")
            return
        inventory = self._scene.view.inventory
        charted = self.board.charted()
        place = charted if charted is not None and (charted.circuit_id or charted.site_id) else self.place
        url = portal.address(base, place, inventory)
        if portal.has_screen(os.environ):
            self.say(f"Opening {url}")
            self.run_worker(self._browse(url), group="portal", exclusive=True)
        else:
            self.give(url)

    async def _browse(self, url: str) -> None:
        from noctui.tui import portal

        if not await portal.browse(url):
            self.give(url)
