"""A leader on another host took over: what was told is not told again, what was not is told by the new one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from noctui.alarm_settings import AlarmSettings, Notify
from noctui.clock import FixedClock
from noctui.model.alarms import Alarm, Alarms, Message
from noctui.runtime.notify_child import Letter
from noctui.runtime.notifying import Notifier

T = 1_795_000_020.0


class Kept:
    """A history of messages, of its own host alone."""

    def __init__(self) -> None:
        self.by_id: dict[str, Message] = {}

    def write_messages(self, messages: Sequence[Message]) -> None:
        self.by_id.update((m.message_id, m) for m in messages)

    def messages_known(self, since: float, alarm_ids: Sequence[str] = ()) -> Sequence[Message]:
        return tuple(self.by_id.values())


class Host:
    """Notifications of one leader; `told` are the titles that left it."""

    def __init__(self, clock: FixedClock, *, answers: str = "") -> None:
        self.kept, self.told = Kept(), list[str]()
        self._answers = answers
        rule = Notify(name="noc", url="json://x", severity="high")
        self.notifier = Notifier(AlarmSettings(notify=(rule,)), clock, settle=0.0, send=self._send)

    async def _send(self, url: str, letters: Sequence[Letter]) -> Sequence[str]:
        self.told += [] if self._answers else [letter.title for letter in letters]
        return [self._answers] * len(letters)

    async def poll(self, alarms: Alarms, cleared: Sequence[Alarm] = ()) -> None:
        self.notifier.plan(alarms, cleared, None)
        self.notifier.store(self.kept)  # type: ignore[arg-type]
        await self.notifier.send_due()
        self.notifier.store(self.kept)  # type: ignore[arg-type]

    def takes_over(self, other: Host, alarms: Alarms) -> None:
        self.notifier.inherit(tuple(other.kept.by_id.values()))
        self.notifier.warm(self.kept, alarms.alarms)  # type: ignore[arg-type]


ALARM = Alarm(alarm_id="circuit/a/down@1", key="circuit/a/down", source="engine", type="down", severity=0, worst=0,
              opened=T, changed=T, known_at=T, text="Lumen is down")  # fmt: skip


async def test_what_was_told_is_told_once_and_its_end_by_the_new_leader() -> None:
    clock, alarms = FixedClock(T), Alarms((ALARM,))
    one, other = Host(clock), Host(clock)
    await one.poll(alarms)
    assert len(one.told) == 1
    other.takes_over(one, alarms)
    clock.move(60.0)
    await other.poll(alarms)
    assert other.told == []
    over = structs.replace(ALARM, cleared=T + 60, changed=T + 60, known_at=T + 60)
    await other.poll(Alarms(), (over,))
    assert len(other.told) == 1
    assert {m.kind for m in other.kept.by_id.values()} == {"opened", "cleared"}, "and its own history has all of it"


async def test_what_could_not_be_sent_before_is_sent_by_the_new_leader() -> None:
    clock, alarms = FixedClock(T), Alarms((ALARM,))
    one, other = Host(clock, answers="no network"), Host(clock)
    await one.poll(alarms)
    assert [m.state for m in one.kept.by_id.values()] == ["failed"]
    other.takes_over(one, alarms)
    clock.move(60.0)
    await other.poll(alarms)
    assert len(other.told) == 1
    assert [m.state for m in other.kept.by_id.values()] == ["sent"]


async def test_where_nobody_was_told_the_new_leader_tells() -> None:
    """A screen without [[notify]] led before."""
    clock, alarms = FixedClock(T), Alarms((ALARM,))
    other = Host(clock)
    other.notifier.inherit(())
    other.notifier.warm(other.kept, alarms.alarms)  # type: ignore[arg-type]
    await other.poll(alarms)
    assert len(other.told) == 1
