"""What can be set about alarms: how long something must last, what damps it, how long people may take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from noctui.model.words import Severity


class Patience(NamedTuple):
    """Something counts once it has lasted `seconds` and was so at `polls` polls in a row."""

    seconds: float = 0.0
    polls: int = 1

    def met(self, lasted: float, polls: int) -> bool:
        return lasted >= self.seconds and polls >= self.polls


AT_ONCE = Patience()
TWICE = Patience(polls=2)
"""One poll alone may be a slip: the next one must say the same."""
QUARTER = Patience(seconds=900.0)

_CONFIRM = {
    "down": AT_ONCE,
    "away": TWICE,
    "no_data": Patience(seconds=300.0),
    "no_path": TWICE,
    "utilisation": TWICE,
    "loss": TWICE,
    "jitter": TWICE,
    "latency": TWICE,
    "flapping": AT_ONCE,
    "dark": AT_ONCE,
    "failover": TWICE,
    "hub": TWICE,
}
_CLEAR = {
    "away": TWICE,
    "no_path": TWICE,
    "utilisation": TWICE,
    "loss": TWICE,
    "jitter": TWICE,
    "latency": TWICE,
    "hub": TWICE,
}


@dataclass(frozen=True, slots=True)
class Damping:
    """RFC 2439: each down edge adds `penalty`, which halves every `half_life` seconds. Above `suppress` a circuit is
    damped, until it is below `reuse`, at most `longest` seconds after its last edge. A down that lasts longer than
    `breaks_through` seconds is told all the same. Figures: `facts/numbers.md` g."""

    penalty: float = 1000.0
    half_life: float = 900.0
    suppress: float = 2000.0
    reuse: float = 750.0
    longest: float = 3600.0
    breaks_through: float = 600.0

    @property
    def ceiling(self) -> float:
        """The highest penalty there is: from it, `longest` seconds lead down to `reuse`."""
        return float(self.reuse * 2.0 ** (self.longest / self.half_life))


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """`confirm` and `clear` by alarm type; a type that is not named counts, and clears, at once. An open alarm gets
    worse as it was confirmed, and milder once that has lasted for `ease`: what wavers around a threshold is no news.

    `least` is the mildest Severity that opens an alarm. `hold_down`: seconds that what hung on a gateway, hub or site
    stays quiet after its return. `hub_share` of the paths to one hub, and `hub_least`, must be down; its alarm ends
    below `hub_clear`. `flaps`: flaps in 24 h from which on a circuit that flaps is critical; from `chronic_flaps` on it
    counts as flapping though it is not damped. `together`, `together_least`: seconds and circuits of one incident.
    `longest_ack`: nothing is taken or snoozed for longer. `mist_forgotten`: what Mist has not seen again for so long is
    over, since Mist does not say so of most.
    """

    confirm: Mapping[str, Patience] = field(default_factory=lambda: dict(_CONFIRM))
    clear: Mapping[str, Patience] = field(default_factory=lambda: dict(_CLEAR))
    ease: Patience = QUARTER
    least: int = Severity.WARN
    damping: Damping = field(default_factory=Damping)
    hold_down: float = 300.0
    hub_share: float = 0.5
    hub_clear: float = 0.25
    hub_least: int = 5
    flaps: int = 18
    chronic_flaps: int = 12
    together_least: int = 5
    together: float = 900.0
    longest_ack: float = 86_400.0
    mist_forgotten: float = 86_400.0

    def confirms(self, type: str) -> Patience:
        return self.confirm.get(type, AT_ONCE)

    def clears(self, type: str) -> Patience:
        return self.clear.get(type, AT_ONCE)
