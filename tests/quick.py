"""What makes the tests cheap without testing less: no sleeping where a condition says the same, nothing parsed twice.

Textual's pilot takes a process that uses little of the processor for an idle one: it sleeps 20 ms at least at each key,
and on a busy machine a screen that got no turn looked idle. Here idle is a fact of the event loop.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from time import monotonic
from typing import Any
from weakref import WeakSet

import textual.app
import textual.pilot
import textual.screen
from textual._context import active_app
from textual.css.stylesheet import Stylesheet

SOON = 0.025
"""Seconds: what is due by then is waited for; the clock's next second is not."""
PAINTS = 0.25
"""Seconds between paints that nobody waits for. Whoever waits has the screen painted, once, when all else is done."""

_in_threads: WeakSet[asyncio.Future[Any]] = WeakSet()


def _due(loop: Any) -> float | None:
    """When the next timer that counts is due, on the loop's clock."""
    until = loop.time() + SOON
    return min((h.when() for h in loop._scheduled if not h.cancelled() and h.when() <= until), default=None)


def _paint() -> bool:
    """Paint what waits for it; whether anything did."""
    app = active_app.get(None)
    if app is None or not app._running or not app.screen_stack or app._batch_count:
        return False
    behind = app._background_screens  # those that a form lies over are seen, too
    painted = False
    for screen in (*behind, app.screen):
        waits = screen._layout_required or screen._scroll_required or screen._dirty_widgets or screen._callbacks
        if waits or screen._recompose_required or (screen._repaint_required and screen is app.screen):
            screen._on_timer_update()
            painted = True
    return painted


async def settled(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Until nothing is left to do: no callback is ready, none is due soon, no thread works for the loop."""
    loop: Any = asyncio.get_running_loop()
    end = monotonic() + max_sleep
    while True:
        await asyncio.sleep(0)
        if monotonic() >= end:
            return
        if loop._ready:
            continue
        due = _due(loop)
        working = [one for one in _in_threads if one.get_loop() is loop and not one.done()]
        if due is None and not working:
            if not _paint():
                return
            continue
        if working:
            await asyncio.wait(working, timeout=0.01, return_when=asyncio.FIRST_COMPLETED)
        elif due is not None:
            await asyncio.sleep(max(0.0, due - loop.time()))


def _seen(run: Callable[..., asyncio.Future[Any]]) -> Callable[..., asyncio.Future[Any]]:
    def run_in_executor(self: Any, *args: Any) -> asyncio.Future[Any]:
        future = run(self, *args)
        _in_threads.add(future)
        return future

    return run_in_executor


def _once(parse: Callable[..., Any]) -> Callable[..., Any]:
    """Rules are the same for every app of the same text and variables, and nobody changes them."""
    known: dict[Any, Any] = {}

    def parse_rules(
        self: Any, css: str, read_from: Any, is_default_rules: bool = False, tie_breaker: int = 0, scope: str = ""
    ) -> Any:
        key = (css, read_from, is_default_rules, tie_breaker, scope, frozenset(self._variables.items()))
        if key not in known:
            known[key] = parse(self, css, read_from, is_default_rules, tie_breaker, scope)
        return known[key]

    return parse_rules


def begin() -> None:
    """For this process."""
    for module in (textual.app, textual.pilot):
        module.wait_for_idle = settled  # type: ignore[attr-defined]
    textual.screen.UPDATE_PERIOD = PAINTS  # type: ignore[misc]
    asyncio.BaseEventLoop.run_in_executor = _seen(asyncio.BaseEventLoop.run_in_executor)  # type: ignore[method-assign,assignment]
    Stylesheet._parse_rules = _once(Stylesheet._parse_rules)  # type: ignore[method-assign]
    gc.set_threshold(20_000, 20, 50)
