"""Mist's own series for a chart: asked for while it is wanted, gone when it no longer holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from noctui.model.detail import INSIGHT_WINDOWS, Answer, AskInsights, Insights
from noctui.tui.moment import Moment
from noctui.tui.panes.asking import Question
from noctui.tui.panes.pane import asked

_AGAIN = 60.0
"""Seconds after which the cache may be asked anew."""


class MistSeries:
    """`on` while a person wants it; `told` is the newest answer to it; `changed` is called when one came."""

    def __init__(self, owner: Any, changed: Callable[[], None]) -> None:
        self.on = False
        self.told: Insights | None = None
        self._failed = ""
        self._changed = changed
        self._question = Question(owner, self._fail)
        self._about: tuple[str, str, bool] | None = None

    def toggle(self) -> None:
        self.on = not self.on
        if not self.on:
            self.end()

    def end(self) -> None:
        """No longer wanted, or of another circuit."""
        self.on, self.told, self._failed, self._about = False, None, "", None
        self._question.forget()

    def ask(self, moment: Moment, circuit_id: str, window: str) -> None:
        """Ask for this window, once a minute at most. What was told of another one, or of another time, goes."""
        if not self.on or window not in INSIGHT_WINDOWS:
            return
        about = (circuit_id, window, moment.scene.live)
        if about != self._about:
            self._about, self.told, self._failed = about, None, ""
        read = moment.scene.read
        self._question.ask(
            (about, moment.at // _AGAIN), lambda: read.detail(AskInsights(circuit_id, window)), self._take
        )

    def said(self, now: float) -> str:
        """`asked 41s ago`, `asking Mist …`, or what went wrong."""
        if self._failed:
            return self._failed
        told, live = self.told, self._about is not None and self._about[2]
        return asked(told.asked_at if told else 0.0, now, told.error if told else "", told is None, live)

    def _take(self, answer: Answer) -> None:
        if self.on and isinstance(answer, Insights):
            self.told, self._failed = answer, ""
            self._changed()

    def _fail(self, said: str) -> None:
        self._failed = said
        self._changed()
