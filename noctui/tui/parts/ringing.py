"""Telling the terminal of alarms, as the settings want it (`alarms.bell`, `alarms.osc`)."""

from __future__ import annotations

import os

from noctui.tui.shell import Shell


class Ringing(Shell):
    """Looks at each new poll's alarms; costs nothing where nothing is wanted."""

    _ring: object = None

    def take_data(self) -> None:
        super().take_data()
        bell, osc = self.options.bell, self.options.osc
        if (bell == "off" and osc == "off") or self._scene is None or not self._scene.live:
            return
        from noctui.tui.ringing import Ring, level_of, sequence

        if not isinstance(self._ring, Ring):
            self._ring = Ring(level_of(bell if bell != "off" else "critical"))
        view = self._scene.view
        text = self._ring.look(view.alarms, view.at, self._clock.monotonic())
        if text and self._driver is not None:
            self._driver.write(sequence(text, osc, bell != "off", bool(os.environ.get("TMUX"))))
