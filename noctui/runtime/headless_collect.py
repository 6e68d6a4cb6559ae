"""One poll, now: by this process, or, while another one leads, by that one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from noctui.clock import Clock
from noctui.model.scene import Status
from noctui.model.stores import HistoryError
from noctui.model.view import View
from noctui.runtime.bus_address import bus_of, place_of
from noctui.runtime.folders import org_folder
from noctui.runtime.headless import Landed, Step, Stopped, Tell, because, known_folder
from noctui.runtime.headless_beside import next_poll
from noctui.runtime.published import Published
from noctui.runtime.source import Source, SourceError
from noctui.runtime.term import Term
from noctui.settings import Settings
from noctui.stores.bus.folder import holder, is_led
from noctui.stores.history import open_reader


async def collect(settings: Settings, new_source: Callable[[], Source], clock: Clock, tell: Tell) -> Landed:
    """One poll into history, with the hours that are over closed. Polls lie on a grid of `poll_seconds` steps, one a
    step: when this step has one, the next step is waited for. Raises Stopped. Cancelling it ends in order."""
    term = Term(
        new_source,
        settings.poll_seconds,
        clock,
        settings.thresholds,
        (float(settings.raw_days), float(settings.path_days)),
        settings.inventory_file,
        settings.zone,
        settings.alarms,
        settings.roles,
        place_of(settings),
        promises=settings.promises,
    )
    try:
        while True:
            folder = known_folder(settings)
            if folder is None or not is_led(folder):
                landed = await _lead(term, settings, clock, tell)
            elif await _kept_alone(settings, folder):
                landed = await _by_the_bus(Status(mode="follower"), settings, folder.name, folder, tell)
            else:
                landed = await next_poll(folder, settings.poll_seconds, clock, tell)
            if landed is not None:
                return landed
    except (SourceError, HistoryError, OSError) as error:
        raise because(error) from error
    finally:
        await term.stop()


async def _lead(term: Term, settings: Settings, clock: Clock, tell: Tell) -> Landed | None:
    """A term of one poll; None when another process was quicker."""
    if not settings.tokens:
        raise Stopped("no token: set MIST_API_TOKEN (see .env.example), or try --demo", "usage")
    tell(Step("opening", "asking Mist which org this is"))
    org = await term.org()
    folder = org_folder(settings.data, org.org_id)
    if is_led(folder):
        return await next_poll(folder, settings.poll_seconds, clock, tell)
    heard = _Heard(tell)
    if not await term.lead(folder, org.org_id, heard.publish, once=True):
        return await _by_the_bus(term.stands, settings, org.org_id, folder, tell)
    history = open_reader(folder)
    try:
        due = (int((history.latest() or 0.0) // settings.poll_seconds) + 1) * settings.poll_seconds - clock.now()
    finally:
        history.close()
    if due > 0:
        tell(Step("waiting", f"there is a poll of this moment: the next one is due in {due:.0f} s"))
    await _either(term.finished(), heard.lost)
    await term.rest()
    view, said = heard.view, heard.said
    assert view is not None, "a sweep that brings nothing raises"
    if said.history_since:
        raise Stopped(said.history_text, "history")
    return Landed(
        org_id=org.org_id,
        org=view.inventory.org_name or org.name,
        folder=folder,
        seq=view.seq,
        at=view.at,
        circuits=len(view.circuits),
        calls=said.sweep_calls,
        pages=said.pages_done,
        pages_lost=max(0, said.pages_expected - said.pages_done),
        took=said.sweep_took,
        missing="; ".join(filter(None, (said.fault_text, said.history_text))),
    )


async def _kept_alone(settings: Settings, folder: Path) -> bool:
    """Whoever writes the folder keeps what another one publishes, which leads by the bus."""
    address = bus_of(settings)
    if address is None:
        return False
    from noctui.stores.bus.redis_errors import BusError
    from noctui.stores.bus.redis_follow import Follower

    client = address.client(answer_seconds=2.0, tries=1)
    try:
        leader = (await Follower(client, folder.name, address.text).held()).holder
    except BusError:
        return False
    finally:
        await client.aclose()
    return bool(leader) and leader != holder(folder)


async def _by_the_bus(stands: Status, settings: Settings, org_id: str, folder: Path, tell: Tell) -> Landed | None:
    """The next poll of whoever leads on another host; None when it is not the bus that kept us from leading."""
    address = bus_of(settings)
    if stands.bus == "lost":
        raise Stopped(f"{stands.bus_text}; nobody collects without it (--lead-alone does)", "unreachable")
    if address is None or stands.mode == "leader":
        return None
    from noctui.runtime.bus_beside import next_poll as next_on_bus

    return await next_on_bus(address, org_id, folder, settings.poll_seconds, tell)


async def _either(finished: Coroutine[Any, Any, None], lost: asyncio.Future[None]) -> None:
    """Wait for the end of the term, or for what it will never get over by itself."""
    over = asyncio.ensure_future(finished)
    try:
        await asyncio.wait({over, lost}, return_when=asyncio.FIRST_COMPLETED)
        await (lost if lost.done() else over)
    finally:
        over.cancel()
        lost.cancel()


class _Heard:
    """What the term says, as far as it matters here."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.view: View | None = None
        self.said = Status()
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def publish(self, published: Published) -> None:
        status = published.status
        if published.view is not None:
            self.view, self.said = published.view, status
        elif status.fault == "lost" and not self.lost.done():  # a clock that is behind
            self.lost.set_exception(Stopped(status.fault_text))
        elif status.pages_expected:
            done, total = status.pages_done, status.pages_expected
            self._tell(Step("sweeping", f"collecting: {done} of {total} pages", done, total))
