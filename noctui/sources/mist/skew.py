"""Two clocks: what Mist dates is told in this machine's time, so that ages and freshness hold when the two differ."""

from __future__ import annotations

from collections.abc import Iterable

from noctui.sources.mist.structs import AlarmRow, DeviceRow, EventRow, PeerRow, PortRow

IGNORED = 10.0
"""Seconds of difference that the way of an answer, and a date of whole seconds, may make."""
ABSURD = 86_400.0
"""A longer difference is no wrong clock: with that no certificate would be valid."""


class Skew:
    """How far our clock is ahead of Mist's. Held until it is clearly another: times must not tremble from poll to poll,
    since a time that is the same as before means that there is nothing new."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._least: float | None = None

    def measure(self, seconds: float) -> None:
        """What one answer says. Of a sweep's answers the smallest counts: a slow answer looks like a late clock."""
        if abs(seconds) <= ABSURD and (self._least is None or abs(seconds) < abs(self._least)):
            self._least = seconds

    def settle(self) -> bool:
        """Take over what the answers since the last time said; True when that is news."""
        found, self._least = self._least, None
        if found is None or abs(found - self.seconds) <= IGNORED:
            return False
        self.seconds = found if abs(found) > IGNORED else 0.0
        return True

    def mists(self, ours: float) -> float:
        """Our time as Mist's clock says it, for questions."""
        return ours - self.seconds

    def correct(
        self,
        gateways: Iterable[DeviceRow],
        ports: Iterable[PortRow],
        peers: Iterable[PeerRow],
        events: Iterable[EventRow],
        alarms: Iterable[AlarmRow] = (),
    ) -> None:
        """Put every time in these rows into ours."""
        if not self.seconds:
            return
        for gateway in gateways:
            gateway.last_seen = self._ours(gateway.last_seen)
        for port in ports:
            port.last_flapped = self._ours(port.last_flapped)
        for peer in peers:
            peer.last_seen = self._ours(peer.last_seen)
        for event in events:
            event.timestamp = self._ours(event.timestamp)
        for alarm in alarms:
            alarm.timestamp, alarm.last_seen = self._ours(alarm.timestamp), self._ours(alarm.last_seen)
            alarm.acked_time, alarm.resolved_time = self._ours(alarm.acked_time), self._ours(alarm.resolved_time)

    def _ours(self, mists: float | None) -> float | None:
        return mists + self.seconds if mists else mists

    @property
    def text(self) -> str:
        """One line when the clocks differ, else ""."""
        if not self.seconds:
            return ""
        minutes, seconds = divmod(round(abs(self.seconds)), 60)
        word = "ahead of" if self.seconds > 0 else "behind"
        far = f"{minutes}m{seconds:02}s" if minutes else f"{seconds}s"
        return f"This machine's clock is {far} {word} Mist's: set it right. Times from Mist are corrected."
