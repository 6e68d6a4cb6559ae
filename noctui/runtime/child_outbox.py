"""What the collector's process has to say, so that a screen that hangs or is stopped never makes it wait or swell."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from noctui.model.alarms import NO_ALARMS, Alarms
from noctui.model.inventory import Inventory
from noctui.model.works import NO_WORKS, Works
from noctui.runtime import child_alarms, child_works, garbage
from noctui.runtime.child_rows import NONE, pieces
from noctui.runtime.child_words import FromChild, LogRecord, Told
from noctui.runtime.frames import pack
from noctui.runtime.published import Published

LOG_ROOM = 1_000_000
"""Bytes not yet taken off, from which on lines of the log are dropped and counted."""


class Outbox:
    """Answers are sent at once, the newest of what was published when there is room, log lines while there is some."""

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._room = True
        self._waits: Published | None = None
        self._inventory: Inventory = NONE
        self._alarms: Alarms | None = None
        self._works: Works | None = None
        self._dropped = 0

    def say(self, message: FromChild) -> None:
        if not self._transport.is_closing():
            self._transport.writelines(pack(message))

    def publish(self, published: Published) -> None:
        if published.view is None and self._waits is not None:
            published = replace(published, view=self._waits.view)
        self._waits = published
        if self._room:
            self._send()

    def log(self, record: LogRecord) -> None:
        if self._transport.get_write_buffer_size() > LOG_ROOM:
            self._dropped += 1
            return
        if self._dropped:
            extra = f'{{"lines": {self._dropped}}}'
            self._dropped = 0
            self.say(LogRecord("noctui.child", logging.WARNING, record.created, "log.dropped", extra))
        self.say(record)

    def room(self, there_is: bool) -> None:
        self._room = there_is
        if there_is and self._waits is not None:
            self._send()

    def _send(self) -> None:
        assert self._waits is not None
        status, view = self._waits.status, self._waits.view
        self._waits = None
        if view is None:
            self.say(Told(status))
            return
        if view.inventory is not self._inventory:
            for piece in pieces(self._inventory, view.inventory):
                self.say(piece)
            self._inventory = view.inventory
            garbage.let_stay()
        if view.alarms is not self._alarms:
            self.say(child_alarms.told(self._alarms, view.alarms))
            self._alarms = view.alarms
        if view.works is not self._works:
            self.say(child_works.told(self._works, view.works))
            self._works = view.works
        self.say(Told(status, replace(view, inventory=NONE, alarms=NO_ALARMS, works=NO_WORKS)))
