"""One simulated time for everybody: it stands still until the test lets it pass, and passes only while all wait.

Every process-like part (a desk with its collector) gets a `Hand` of its own. `run_to` moves time from one waking to the
next, and only when each hand has somebody asleep: so a sweep takes no simulated time, and nothing depends on how quick
the machine is.
"""

from __future__ import annotations

import asyncio
import threading

from noctui.sim.mist.clock import SimClock

GUARD = 20.0
"""Real seconds after which a test gives up waiting for a part to fall asleep."""


class Hand:
    """A `Clock` whose sleepers are woken by the `WalkClock` it belongs to. Used from any thread."""

    def __init__(self, clock: WalkClock) -> None:
        self._clock = clock
        self.asleep: dict[asyncio.Future[None], float] = {}
        self.wrong = 0.0
        """Seconds that this part's machine has its clock ahead; sleeping and `monotonic` do not mind."""

    def now(self) -> float:
        return self._clock.now() + self.wrong

    def monotonic(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        mine = asyncio.get_running_loop().create_future()
        self._clock.lay_down(self, mine, self._clock.now() + seconds)
        try:
            await mine
        finally:
            self._clock.get_up(self, mine)


class WalkClock(SimClock):
    """Simulated time, for the cloud and for all hands."""

    def __init__(self, start: float) -> None:
        super().__init__(speed=0.0, start=start)
        self._guard = threading.Lock()
        self._hands: list[Hand] = []
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def hand(self) -> Hand:
        """A new part: from now on time waits for it too."""
        made = Hand(self)
        with self._guard:
            self._hands.append(made)
        return made

    def let_go(self, hand: Hand) -> None:
        """The part has ended: time no longer waits for it."""
        with self._guard:
            self._hands.remove(hand)
        self._loop.call_soon_threadsafe(self._changed.set)

    async def run_to(self, until: float) -> None:
        """Let time pass up to and with `until`; everything that was due by then is done."""
        while True:
            woken = await self._next(until)
            if not woken:
                self.move(max(0.0, until - self.now()))
                return

    async def run(self, seconds: float) -> None:
        await self.run_to(self.now() + seconds)

    async def settle(self) -> None:
        """Wait until every part sleeps; no time passes."""
        async with asyncio.timeout(GUARD):
            while not self._all_asleep():
                self._changed.clear()
                if not self._all_asleep():
                    await self._changed.wait()
            await asyncio.sleep(0)  # what they told before they fell asleep has been handed over: let it be heard

    async def _next(self, until: float) -> bool:
        """Wake who is due next, if that is by `until`."""
        await self.settle()
        with self._guard:
            sleepers = [(at, hand, who) for hand in self._hands for who, at in hand.asleep.items()]
            first = min((at for at, _, _ in sleepers), default=until + 1.0)
            if first > until:
                return False
            self.move(max(0.0, first - self.now()))
            for at, hand, who in sleepers:
                if at <= first:
                    del hand.asleep[who]
                    who.get_loop().call_soon_threadsafe(_wake, who)
        return True

    def _all_asleep(self) -> bool:
        with self._guard:
            return all(hand.asleep for hand in self._hands)

    def lay_down(self, hand: Hand, who: asyncio.Future[None], until: float) -> None:
        with self._guard:
            hand.asleep[who] = until
        self._loop.call_soon_threadsafe(self._changed.set)

    def get_up(self, hand: Hand, who: asyncio.Future[None]) -> None:
        with self._guard:
            hand.asleep.pop(who, None)


def _wake(who: asyncio.Future[None]) -> None:
    if not who.done():
        who.set_result(None)
