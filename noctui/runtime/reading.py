"""Scenes without a screen: the newest one that a data folder holds, or as of an instant.

For commands that only read: no collector, no network, no lock, and nothing is made that was not there. They work beside
a noctui that writes, and in a folder that may only be read.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from noctui.model.scene import Can, Reader, Scene, Status
from noctui.model.stores import HistoryError
from noctui.model.view import View
from noctui.runtime.folders import org_folder
from noctui.runtime.following import Follower
from noctui.runtime.limits import LimitsKept
from noctui.runtime.scenes import SceneAt, past_status
from noctui.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from noctui.model.sla import Promise
    from noctui.runtime.far import Far
    from noctui.runtime.scoring import Scores
    from noctui.stores.history import HistoryReader

FILE = "history.db"
WORLD = "world.json"
"""A demo's own notes."""


class NothingToRead(HistoryError):  # noqa: N818 - it is no fault of the history
    """There is no history, or none of that time; the text is one clear line."""


class Reading:
    """The history of one org, open for reading; a context manager. Calls block: each is some milliseconds."""

    def __init__(self, settings: Settings) -> None:
        """Raises NothingToRead, HistoryError."""
        from noctui.stores.history import kept_for, open_reader

        self.folder = folder_of(settings.data, settings.org_id)
        kept = kept_for(settings.raw_days, settings.path_days, settings.zone)
        self.history: HistoryReader = open_reader(self.folder, retention=kept)
        self._limits = LimitsKept(settings.thresholds)
        self.history.limits_of = self._limits.of
        if settings.mails.providers:
            from noctui.runtime.judging import name_carriers

            name_carriers(self.history, settings.mails)
        if settings.promises.promises:
            from noctui.runtime.boards import Boards

            self.history.scores_of = Boards(self.history, settings.promises).ask
        self._far = _far(settings)

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.history.close()

    def scene(self, at: float | None = None, corrected: bool = False) -> Scene:
        """The newest Scene, as a follower sees it; or the one of the newest poll at or before `at`, as known then.

        `corrected`: its answers use what became known later, as those of the newest one do: a back-fill since counts.
        Raises NothingToRead, HistoryError.
        """
        newest = self.history.latest()
        if newest is None:
            raise NothingToRead(f"the history in {self.folder} has no poll yet")
        view = self.history.view(newest if at is None else at, corrected)
        if view is None:
            first = self.history.step(-1e18, 1, corrected)
            begins = f"; the polls that are kept begin at {when(first)}" if first is not None else ""
            if not corrected and at is not None and self.history.view(at, True) is not None:
                begins += "; a back-fill knows of it since: ask with --corrected"
            raise NothingToRead(f"no poll is kept for {when(at if at is not None else newest)}{begins}")
        limits = self._limits.of(view.inventory)
        if limits is not view.limits:
            view = replace(view, limits=limits)
        live = at is None
        status = self._status(view) if live else past_status(view)
        read: Reader = self.history.reader(view.at, corrected or live, live=live)
        if self._far is not None:
            from noctui.runtime.long_reader import over

            read = over(read, self._far, view.inventory, inf if live or corrected else view.at)
        return SceneAt(view, read, Can(), lambda: status, live)

    async def lengthened(self, scores: Scores, promises: Mapping[str, Promise], at: float | None) -> Scores:
        """With what the warehouse measured of a month that history here does not hold; as known at `at`, None: now."""
        from noctui.runtime.scoring import RUNNING

        if self._far is None or scores.period == RUNNING:
            return scores
        from noctui.runtime.far_scores import scores_with
        from noctui.runtime.long_reader import LongReader

        known_by = inf if at is None else at
        near = self.history.reader(float(scores.at), corrected=at is None, live=at is None)
        long = LongReader(near, self._far, scores.inventory, known_by)
        lines, told = await long.measured(scores.period, float(scores.at))
        return scores_with(scores, lines, promises, told) if told else scores

    def _status(self, view: View) -> Status:
        """How the data comes in, by the word of who leads; of nobody else anything is known than the poll."""
        following = Follower(self.folder)
        leader = following.leader()
        said = following.said or past_status(view)
        return replace(said, mode="follower", leader=leader or "", heard_at=0.0 if view.silent else view.at)


def _far(settings: Settings) -> Far | None:
    """What is older than history here, waited for; a demo's network is in no warehouse."""
    if not (settings.warehouse_account and settings.warehouse_read_through) or (settings.data / WORLD).exists():
        return None
    from noctui.clock import SystemClock
    from noctui.config import home
    from noctui.runtime.far import Far
    from noctui.stores.warehouse.login import Login

    return Far(Login.of(settings), home("state", os.environ) / "warehouse", SystemClock(), wait=True)


def folder_of(data: Path, org_id: str) -> Path:
    """The folder of the org's history below the data folder; `org_id` "": of the only one. Raises NothingToRead."""
    data = Path(os.path.abspath(data))
    try:
        orgs = sorted(path.parent.name for path in data.glob(f"*/{FILE}"))
    except OSError as error:
        raise NothingToRead(f"{data} cannot be read: {error.strerror}") from error
    if not orgs:
        raise NothingToRead(f"no history in {data}; run noctui collect first, or see --data and --demo")
    if not org_id and len(orgs) > 1:
        raise NothingToRead(f"{data} holds histories of several orgs: say which with --org-id: {', '.join(orgs)}")
    if org_id and org_id not in orgs:
        raise NothingToRead(f"no history of org {org_id} in {data}; there is: {', '.join(orgs)}")
    return org_folder(data, org_id or orgs[0])


def when(at: float) -> str:
    """`2026-11-23T03:14:07Z`, for messages; an instant that no calendar holds as its number."""
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        return f"{at:g}"


__all__ = ["NothingToRead", "Reading", "folder_of", "when"]
