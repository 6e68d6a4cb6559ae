"""The terminal's bell: once an alarm, never for what an incident speaks for, never in bursts, never obeying a text."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from noctui.model.alarms import INCIDENT, Alarm, Alarms
from noctui.model.words import Severity
from noctui.tui.ringing import QUIET, Ring, level_of, sequence

T = 1_795_000_000.0


def alarm(name: str, severity: int = Severity.DOWN, **more: object) -> Alarm:
    fields = {"key": name, "source": "engine", "type": "down", "opened": T, "changed": T, "known_at": T, "text": name}
    return Alarm(alarm_id=name, severity=int(severity), **{**fields, **more})  # type: ignore[arg-type]


class Evening:
    """A poll a minute."""

    def __init__(self, level: int | None = Severity.CRITICAL) -> None:
        self.ring, self.minute = Ring(level), 0

    def poll(self, *alarms: Alarm, seconds: float = 60.0) -> str:
        self.minute += 1
        return self.ring.look(Alarms(alarms), T + self.minute, seconds * self.minute)


def test_what_is_there_at_the_start_does_not_ring_and_what_comes_rings_once() -> None:
    evening = Evening()
    old, new = alarm("old"), alarm("new")
    assert [evening.poll(*those) for those in ((old,), (old, new), (old, new), (old, new))] == ["", "", "DOWN new", ""]


def test_members_of_an_incident_do_not_ring_and_the_incident_does() -> None:
    evening = Evening()
    members = [alarm(f"m{i}") for i in range(400)]
    held = [msgspec.structs.replace(m, held_by="incident", parent="i") for m in members]
    incident = alarm("i", type=INCIDENT, text="Lumen lost, Mountain")
    said = [evening.poll(*those) for those in ((), members[:3], (*held, incident), (*held, incident))]
    assert said == ["", "", "", "DOWN Lumen lost, Mountain"]


def test_milder_ones_are_quiet_and_so_is_everything_without_a_level() -> None:
    for evening, a in ((Evening(), alarm("a", Severity.WARN)), (Evening(None), alarm("a"))):
        assert [evening.poll(*those) for those in ((), (a,), (a,))] == ["", "", ""]


def test_many_at_once_are_one_ring_that_names_the_worst() -> None:
    evening = Evening()
    those = (alarm("b", Severity.CRITICAL), alarm("a"), alarm("c", Severity.CRITICAL))
    assert [evening.poll(*t) for t in ((), those, those)][-1] == "DOWN a and 2 more"


def test_rings_keep_their_distance_and_nothing_is_lost() -> None:
    evening = Evening()
    said = [evening.poll(*(alarm(f"a{i}") for i in range(n)), seconds=1.0) for n in range(40)]
    rang = [i for i, text in enumerate(said) if text]
    assert all(b - a >= QUIET for a, b in pairwise(rang))
    assert said[rang[-1]].endswith("more")


def test_a_text_cannot_end_the_sequence() -> None:
    told = sequence("x\a\x1b]52;c;aGk=\a;y", "777", bell=True)
    assert told == "\x1b]777;notify;noctui;x  ]52 c aGk=  y\a\a"
    assert sequence("x", "off", bell=True) == "\a"
    assert sequence("x", "9", bell=False, tmux=True) == "\x1bPtmux;\x1b\x1b]9;noctui: x\a\x1b\\"


def test_levels_are_the_words_of_the_settings() -> None:
    assert (level_of("off"), level_of("down"), level_of("critical")) == (None, 0, 2)
