"""Notifications over real sockets: sent, refused, hung up on and tried again; what hangs costs its own process."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from noctui.alarm_settings import AlarmSettings, Notify
from noctui.clock import FixedClock
from noctui.model.alarms import Alarm, Alarms, Message
from noctui.runtime import notify_child, notifying
from noctui.runtime.notify_child import Job, Letter
from noctui.runtime.notifying import WORRIES, Notifier, send_apart
from noctui.runtime.spawning import bare

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # apprise's own
T = 1_795_000_020.0
SECRET = "s3cretToken"


class Target(ThreadingHTTPServer):
    """Answers each POST with the next of `codes` (the last one for ever) and keeps what it was told."""

    def __init__(self, *codes: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.codes = list(codes)
        self.told: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/hook/{SECRET}"


class _Handler(BaseHTTPRequestHandler):
    server: Target

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        code = self.server.codes.pop(0) if len(self.server.codes) > 1 else self.server.codes[0]
        if code == 200:
            self.server.told.append(told)
        self.send_response(code)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def target(*codes: int) -> Iterator[Target]:
    server = Target(*codes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def patched_child(code: str) -> Iterator[None]:
    """Another program in place of the sender."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notifying, "python", lambda: [sys.executable, "-c", code])
        yield


@contextmanager
def deaf() -> Iterator[str]:
    """A port that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        yield f"json://127.0.0.1:{server.getsockname()[1]}/{SECRET}?rto=600"


class Kept:
    """What a history would keep of messages."""

    def __init__(self) -> None:
        self.by_id: dict[str, Message] = {}

    def write_messages(self, messages: Sequence[Message]) -> None:
        self.by_id.update((m.message_id, m) for m in messages)

    def messages_known(self, since: float, alarm_ids: Sequence[str] = ()) -> Sequence[Message]:
        return tuple(self.by_id.values())

    @property
    def states(self) -> list[tuple[str, str, int]]:
        return [(m.kind, m.state, m.tries) for m in self.by_id.values()]


def down(name: str = "circuit/a/down@1") -> Alarm:
    return Alarm(
        alarm_id=name, key="circuit/a/down", source="engine", type="down", severity=0, worst=0, opened=T, changed=T,
        known_at=T, text="Lumen is down",
    )  # fmt: skip


def notifier(url: str, clock: FixedClock) -> Notifier:
    rule = Notify(name="noc", url=url, severity="high")
    return Notifier(AlarmSettings(notify=(rule,)), clock, settle=0.0, send=send_here)


async def send_here(url: str, letters: Sequence[Letter]) -> Sequence[str]:
    """The same in this process: what a process costs is shown once."""
    return await asyncio.to_thread(lambda: tuple(notify_child.send(Job(url, tuple(letters)))))


async def test_a_webhook_is_told_in_plain_words() -> None:
    with target(200) as server:
        assert await send_apart(server.url, [Letter("noctui: DOWN [b]x", "since …\n<i>*_", "failure")]) == ("",)
    (told,) = server.told
    assert (told["title"], told["message"], told["type"]) == ("noctui: DOWN [b]x", "since …\n<i>*_", "failure")


async def test_a_message_that_was_not_taken_is_tried_again_until_it_is() -> None:
    with target(500, 500, 200) as server:
        clock, kept = FixedClock(T), Kept()
        told = notifier(server.url, clock)
        told.plan(Alarms((down(),)), (), None)
        states = []
        for seconds in (0.0, 29.0, 1.0, 60.0, 600.0):
            clock.move(seconds)
            await told.send_due()
            told.store(kept)  # type: ignore[arg-type]
            states += kept.states
        assert states == [
            ("opened", "failed", 1), ("opened", "failed", 1), ("opened", "failed", 2), ("opened", "sent", 3),
            ("opened", "sent", 3),
        ]  # fmt: skip
        assert len(server.told) == 1
    (message,) = kept.by_id.values()
    assert message.error == ""


async def test_why_it_was_not_sent_is_said_without_the_secret() -> None:
    with target(500) as server:
        clock, kept = FixedClock(T), Kept()
        told = notifier(server.url, clock)
        told.plan(Alarms((down(),)), (), None)
        for _ in range(WORRIES):
            await told.send_due()
            clock.move(2000.0)
        told.store(kept)  # type: ignore[arg-type]
    (message,) = kept.by_id.values()
    (worry,) = told.conditions()
    assert "500" in message.error
    assert SECRET not in message.error + worry.text
    assert worry.key == "self/notify/noc"


async def test_a_target_that_hangs_is_given_its_time_and_no_more() -> None:
    with deaf() as url:
        assert await send_apart(url, [Letter("t", "b")], seconds=1.5) == ("the target did not answer within 1.5s",)


async def test_a_slow_target_gets_every_message_once_however_many_there_are() -> None:
    """Its time counts for each message: eight that take 0.2 s each are more than the second that one may take."""
    with patched_child("import time\nfor _ in range(8): time.sleep(0.2); print('\"\"', flush=True)"):
        assert await send_apart("json://x", [Letter(f"{n}", "") for n in range(8)], seconds=1.0) == ("",) * 8


async def test_what_was_sent_before_a_target_hung_is_not_sent_again() -> None:
    code = "import sys, time; print('\"\"', flush=True); time.sleep(60)"
    with patched_child(code):
        said = await send_apart("json://x", [Letter("a", ""), Letter("b", "")], seconds=1.0)
    assert said == ("", "the target did not answer within 1s")


async def test_a_target_that_hangs_holds_up_no_other() -> None:
    clock, kept, told = FixedClock(T), Kept(), asyncio.Queue[str]()

    async def send(url: str, letters: Sequence[Letter]) -> Sequence[str]:
        if url == "json://deaf":
            await asyncio.Event().wait()
        told.put_nowait(letters[0].title)
        return [""] * len(letters)

    rules = (Notify("deaf", "json://deaf", "high"), Notify("noc", "json://noc", "high"))
    both = Notifier(AlarmSettings(notify=rules), clock, settle=0.0, send=send)
    sending = asyncio.create_task(both.run(lambda: kept))  # type: ignore[arg-type,return-value]
    async with asyncio.timeout(10):
        for name in ("circuit/a/down@1", "circuit/b/down@1"):  # the second comes while the first still hangs
            both.plan(Alarms((down(name),)), (), None)
            await told.get()
    sending.cancel()
    await asyncio.wait({sending})
    assert len(kept.by_id) == 4, "in history before they are sent"


async def test_nobody_hears_of_an_end_first_and_of_the_beginning_after_it() -> None:
    """The first try failed and waits for half a minute; meanwhile it is over."""
    with target(500, 200) as server:
        clock, kept = FixedClock(T), Kept()
        told = notifier(server.url, clock)
        told.plan(Alarms((down(),)), (), None)
        await told.send_due()
        clock.move(10.0)
        told.plan(Alarms(), (msgspec.structs.replace(down(), cleared=T + 9),), None)
        await told.send_due()
        assert [m["title"].split()[1] for m in server.told] == ["DOWN", "over"]
    with target(500, 500, 200) as server:
        told = notifier(server.url, clock)
        told.plan(Alarms((down(),)), (), None)
        await told.send_due()
        clock.move(10.0)
        told.plan(Alarms(), (msgspec.structs.replace(down(), cleared=T + 9),), None)
        await told.send_due()
        told.store(kept)  # type: ignore[arg-type]
        assert [m["title"].split()[1] for m in server.told] == ["over"]
        assert [(kind, state) for kind, state, _ in kept.states] == [("opened", "given up"), ("cleared", "sent")]


def test_no_part_of_an_url_is_in_what_is_said_however_it_is_written() -> None:
    url = "mailtos://noc:pa%24s-abcd@example.net/abcd/abcdefgh?token=t0p%2Fs3cret&to=a@b.example"
    said = "no: pa$s-abcd pa%24s-abcd ABCDEFGH abcdefgh t0p/s3cret t0p%2Fs3cret example.net\x1b[2J"
    plain = notify_child._plain(said, url)
    assert not [part for part in ("pa$s", "pa%24s", "efgh", "EFGH", "t0p", "s3cret", "example.net") if part in plain]
    assert plain.isprintable()


def test_the_sender_is_given_no_variable_that_may_be_a_secret() -> None:
    env = {"PATH": "/bin", "SLACK_TOKEN": "x", "https_proxy": "p", "LC_ALL": "C", "MIST_APITOKEN": "x", "AWS_KEY": "x"}
    assert bare(env) == {"PATH": "/bin", "https_proxy": "p", "LC_ALL": "C"}


async def test_a_restart_sends_what_was_not_sent_and_nothing_twice() -> None:
    with target(500, 200) as server:
        clock, kept = FixedClock(T), Kept()
        first = notifier(server.url, clock)
        first.plan(Alarms((down(),)), (), None)
        await first.send_due()
        first.store(kept)  # type: ignore[arg-type]
        second = notifier(server.url, clock)
        second.warm(kept, (down(),))  # type: ignore[arg-type]
        clock.move(30.0)
        second.plan(Alarms((down(),)), (), None)
        await second.send_due()
        second.store(kept)  # type: ignore[arg-type]
        assert kept.states == [("opened", "sent", 2)]
        assert len(server.told) == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nosuch://x", "the URL is none that apprise knows"),
        ("json://127.0.0.1:1/x", "A Connection error occurred sending JSON notification to"),
    ],
)
async def test_what_cannot_work_is_said_in_a_line(url: str, why: str) -> None:
    (outcome,) = await send_here(url, [Letter("t", "b")])
    assert outcome.startswith(why)
