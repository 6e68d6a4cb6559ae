"""Notifications in a leader: planned with every poll, kept in history, sent by a process of their own, tried again.

A message is in history before it is sent, where history can be written: after a kill it is sent (once more at worst),
never lost. One target's messages go one after the other, in the order they were made; targets do not wait for each
other. One that hangs is ended after `SEND_SECONDS` and waits.
"""

from __future__ import annotations

import asyncio
import logging
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec

from noctui.alarm_settings import AlarmSettings, Notify
from noctui.clock import Clock
from noctui.engine.notification.planner import SETTLE, Planner
from noctui.model.alarms import SELF, Alarm, Alarms, Condition, Message
from noctui.model.inventory import Inventory
from noctui.model.stores import HistoryError, HistoryWriter
from noctui.model.words import Severity
from noctui.runtime.alarm_rules import notification_rules
from noctui.runtime.notify_child import Job, Letter
from noctui.runtime.spawning import bare, python

log = logging.getLogger("noctui.notify")

SEND_SECONDS = 30.0
"""How long one target may take for one message."""
AT_ONCE = 20
"""Messages that one process sends."""
WAITS = (30.0, 60.0, 120.0, 300.0, 900.0, 1800.0)
"""Seconds before each new try; the last one is repeated."""
GIVE_UP = 86_400.0
"""A message that could not be sent for so long is given up, and said so."""
KEPT = 7 * 86_400.0
"""Seconds of messages that are remembered after a restart, beside those about what is open still."""
LOOK_SECONDS = 1.0
WORRIES = 3
"""Tries in vain from which on a target wants a person."""
Send = Callable[[str, Sequence[Letter]], Awaitable[Sequence[str]]]
_KINDS = {"cleared": "success", "digest": "info"}
_WAITING = ("waiting", "failed")


class Notifier:
    """One term's notifications, on one loop."""

    def __init__(
        self, settings: AlarmSettings, clock: Clock, zone: str = "UTC", settle: float = SETTLE, send: Send | None = None
    ) -> None:
        """`settle`: seconds that a new matter waits. `send` is `send_apart` but for tests."""
        from zoneinfo import ZoneInfo

        self._clock = clock
        self._send = send or send_apart
        self._targets: dict[str, Notify] = {}
        self._planner = Planner((), settle, ZoneInfo(zone))
        self._waiting: dict[str, Message] = {}
        self._unstored: dict[str, Message] = {}
        self._failing: dict[str, tuple[int, float, str]] = {}  # target → tries in vain, since, why
        self._left: tuple[Message, ...] = ()
        self.changes = 0
        """Rises with what is written."""
        self.use(settings)

    def inherit(self, messages: Sequence[Message]) -> None:
        """What a leader on another host told, and what it had yet to: before `warm`."""
        self._left = tuple(messages)

    def use(self, settings: AlarmSettings) -> None:
        """These rules from now on."""
        self._targets = {rule.name: rule for rule in settings.notify}
        self._planner.use(notification_rules(settings), settings.runbook)

    def warm(self, writer: HistoryWriter, alarms: Iterable[Alarm]) -> None:
        """Go on with what history holds. Raises HistoryError."""
        now = self._clock.now()
        alarms = tuple(alarms)
        own = writer.messages_known(now - KEPT, [a.alarm_id for a in alarms if a.open])
        newest = {m.message_id: m for m in sorted((*self._left, *own), key=lambda m: m.state not in _WAITING)}
        known = sorted(newest.values(), key=lambda m: m.made_at)
        self._unstored.update((m.message_id, m) for m in self._left if newest[m.message_id] is m)
        self._planner.warm(known, alarms, now)
        self._waiting = {m.message_id: m for m in known if m.state in _WAITING}

    def plan(self, alarms: Alarms, cleared: Iterable[Alarm], inventory: Inventory | None) -> None:
        """What is to be sent by now."""
        if not self._targets:
            return
        for message in self._planner.due(alarms, cleared, self._clock.now(), inventory):
            self._unstored[message.message_id] = message
            if message.state in _WAITING:
                self._waiting[message.message_id] = message

    def conditions(self) -> tuple[Condition, ...]:
        """Targets that cannot be reached."""
        return tuple(
            Condition(
                key=f"self/notify/{name}", source=SELF, type="self_notify", severity=int(Severity.HIGH), since=since,
                text=f"notification {name} cannot be sent: {why}",
            )
            for name, (tries, since, why) in self._failing.items()
            if tries >= WORRIES and name in self._targets
        )  # fmt: skip

    def store(self, writer: HistoryWriter) -> None:
        """Write what changed. Raises HistoryError: then it is written with the next call."""
        if self._unstored:
            writer.write_messages(tuple(self._unstored.values()))
            self._unstored.clear()
            self.changes += 1

    async def run(self, writer: Callable[[], HistoryWriter | None]) -> None:
        """Send for ever what is due."""
        sending: dict[str, asyncio.Task[None]] = {}
        said = ""
        try:
            while True:
                await asyncio.sleep(LOOK_SECONDS)  # the machine's own time, as of those that are told
                history = writer()
                try:
                    if history is not None:
                        self.store(history)
                    said = ""
                except HistoryError as error:  # it is sent all the same: a full disk is what people must hear of
                    if str(error) != said:
                        said = str(error)
                        log.error("history.fault", extra={"text": said})
                sending = {name: task for name, task in sending.items() if not task.done()}
                for name, those in self._due().items():
                    if name not in sending:
                        sending[name] = asyncio.create_task(self._to(name, those), name=f"notify {name}")
        finally:
            for task in sending.values():
                task.cancel()
            await asyncio.gather(*sending.values(), return_exceptions=True)

    async def send_due(self) -> None:
        """Send what waits and whose time has come, and wait for it."""
        await asyncio.gather(*(self._to(name, those) for name, those in self._due().items()))

    def _due(self) -> dict[str, list[Message]]:
        """What each target is to be sent at once. What was not taken before of the same matter goes with it: nobody is
        to hear of an end first, and of the beginning after it."""
        now = self._clock.now()
        due: dict[str, list[Message]] = {}
        for message in sorted(self._waiting.values(), key=lambda m: (m.tries > 0, m.made_at)):
            if message.next_at <= now or message.next_at > now + WAITS[-1]:  # or the clock was set back
                due.setdefault(message.rule, []).append(message)
        for name, those in due.items():
            chosen = {m.message_id for m in those[:AT_ONCE]}
            of = {m.alarm_id for m in those[:AT_ONCE] if m.alarm_id}
            chosen.update(m.message_id for m in self._waiting.values() if m.rule == name and m.alarm_id in of)
            due[name] = sorted((self._waiting[i] for i in chosen), key=lambda m: m.made_at)
        return due

    async def _to(self, name: str, messages: Sequence[Message]) -> None:
        target = self._targets.get(name)
        if target is None:
            outcomes: Sequence[str] = [f"no rule {name} any more"] * len(messages)
        else:
            try:
                outcomes = await self._send(target.url, [letter_of(m) for m in messages])
            except Exception as error:  # the boundary: it is tried again, and the other targets are told
                log.exception("notify.broke", extra={"target": name})
                outcomes = [f"the sender broke ({type(error).__name__})"] * len(messages)
        now = self._clock.now()
        for message, why in zip(messages, outcomes, strict=True):
            self._is(self._after(message, why, now, target is None))
            if not why and message.kind == "cleared":
                self._too_late(message)
        why = outcomes[-1]
        if why and target is not None:
            tries, since, _ = self._failing.get(name, (0, now, ""))
            self._failing[name] = (tries + 1, since, why)
            log.warning("notify.failed", extra={"target": name, "text": why, "tries": tries + 1})
        else:
            self._failing.pop(name, None)
            log.info("notify.sent", extra={"target": name, "messages": len(messages)})

    def _after(self, message: Message, why: str, now: float, gone: bool) -> Message:
        tries = message.tries + 1
        if not why:
            return msgspec.structs.replace(message, state="sent", tries=tries, sent_at=now, error="")
        if gone or now - message.made_at > GIVE_UP:
            return msgspec.structs.replace(message, state="given up", tries=tries, error=why)
        wait = WAITS[min(tries - 1, len(WAITS) - 1)]
        return msgspec.structs.replace(message, state="failed", tries=tries, error=why, next_at=now + wait)

    def _too_late(self, end: Message) -> None:
        """The end of a matter was told: what was not taken of it before is no news any more."""
        for message in [m for m in self._waiting.values() if (m.rule, m.alarm_id) == (end.rule, end.alarm_id)]:
            self._is(msgspec.structs.replace(message, state="given up", error="its end was told before this was taken"))

    def _is(self, message: Message) -> None:
        self._unstored[message.message_id] = message
        if message.state in _WAITING:
            self._waiting[message.message_id] = message
        else:
            self._waiting.pop(message.message_id, None)


def letter_of(message: Message) -> Letter:
    kind = _KINDS.get(message.kind) or ("failure" if message.severity <= Severity.CRITICAL else "warning")
    return Letter(f"noctui: {message.title}", message.body, kind)


async def send_apart(url: str, letters: Sequence[Letter], seconds: float = SEND_SECONDS) -> Sequence[str]:
    """For each letter "" or, in one line, why it was not sent. None may take longer than `seconds`: then the sender is
    ended, and the letters behind it are left."""
    try:
        child = await asyncio.create_subprocess_exec(
            *python(), "-m", "noctui.runtime.notify_child", stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
            env=bare(os.environ), start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return [f"the sender did not start: {error.strerror}"] * len(letters)
    outcomes: list[str] = []
    why = "the sender broke"
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(msgspec.json.encode(Job(url, tuple(letters))))
        child.stdin.close()
        while len(outcomes) < len(letters):
            outcomes.append(_outcome(await asyncio.wait_for(child.stdout.readline(), seconds)))
    except TimeoutError:
        why = f"the target did not answer within {seconds:g}s"
    except (OSError, ValueError, msgspec.DecodeError):
        pass
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return (*outcomes, *[why] * (len(letters) - len(outcomes)))


_outcome = msgspec.json.Decoder(str).decode
