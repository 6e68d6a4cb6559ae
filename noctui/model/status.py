"""How a Scene's data comes in, and what a Scene allows. Without numpy: the first paint needs it."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.model.health import Health


@dataclass(frozen=True, slots=True)
class Can:
    """What this Scene allows. Only the frame and the action registry look at it."""

    act: bool = False
    call: bool = False
    export: bool = True
    who: str = ""  # the person who would act, by the system's name
    why_not: str = ""  # one line, where this person may not act


@dataclass(frozen=True, slots=True)
class Status:
    """How the data comes in: for the header, the collector screen, and the words for broken things.

    `fault` is one of "", `partial`, `stale`, `lost`, `resting`, `loading`; `fault_since`/`fault_text` say more.
    `retry_at` is when the next try or the next free token is due (UTC epoch seconds).
    """

    mode: str = "leader"  # leader, follower or past
    leader: str = ""  # who leads, when we follow
    fault: str = ""
    fault_since: float = 0.0
    fault_text: str = ""
    retry_at: float = 0.0
    api_used: int = 0  # calls made this hour, all tokens
    api_limit: int = 0  # calls allowed per hour, all tokens
    pages_done: int = 0  # of the running sweep
    pages_expected: int = 0
    sweep_took: float = 0.0  # seconds, the last one
    sweep_calls: int = 0
    poll_seconds: float = 60.0
    heard_at: float = 0.0  # `at` of the newest poll that brought circuits; 0: not known, take the View's
    warm: bool = False  # the View is from history; no sweep of this run has landed yet
    history_text: str = ""  # one line when history has a fault (disk full, set aside …)
    history_since: float = 0.0  # the first poll that is not kept, while history cannot be written; else 0
    health: Health | None = None  # None: not told (the past, an old leader)
    bus: str = ""  # "" none is set, `ok`, or `lost`: a leader goes on alone, a follower hears nothing
    bus_since: float = 0.0  # while it is lost
    bus_text: str = ""  # why, in one line
    leader_at: float = 0.0  # when the leader was last heard, once its time to speak has run out; else 0
    successor: str = ""  # who takes over from it
    notes: tuple[str, ...] = ()  # a line each for what should be mended: a refused token, a wrong clock
