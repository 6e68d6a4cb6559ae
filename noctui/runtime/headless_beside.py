"""Beside another process that leads: its own polls are what there is, and nobody polls twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from noctui.clock import Clock
from noctui.model.batch import FeedReport
from noctui.model.stores import HistoryError
from noctui.model.view import View
from noctui.runtime.following import Follower
from noctui.runtime.headless import Landed, Step, Stopped, Tell, because
from noctui.stores.history import open_reader
from noctui.stores.history.told_polls import polls_told

LOOK_SECONDS = 0.25
INTERVALS = 3
"""So many of the leader's intervals are waited for its next poll."""


async def next_poll(folder: Path, poll_seconds: float, clock: Clock, tell: Tell) -> Landed | None:
    """The next poll of whoever leads that brings something; None when nobody leads any more.

    `poll_seconds` stands for the leader's pace until it says its own. Raises Stopped.
    """
    follower = Follower(folder)
    history = open_reader(folder)
    began = clock.monotonic()
    try:
        before = history.latest() or 0.0
        while True:
            leader = follower.leader()
            if leader is None:
                return None
            leader = leader or "another noctui"  # one that could not write its name
            said = follower.said
            patience = INTERVALS * (said.poll_seconds if said is not None else poll_seconds)
            for at, whole, reports in polls_told(folder, before) if (history.latest() or 0.0) > before else ():
                before = at
                view = history.view(at) if reports else None  # without reports: nothing answered
                if view is not None and not view.silent:
                    return landed(view, reports, whole, folder, leader)
            waited = clock.monotonic() - began
            if waited > patience:
                why = f": {said.fault_text}" if said is not None and said.fault_text else ""
                raise Stopped(f"{leader} leads, but no poll of it came within {patience:.0f} s{why}", "leader")
            tell(Step("following", f"{leader} leads: waiting for its next poll", int(waited), int(patience)))
            await clock.sleep(LOOK_SECONDS)
    except HistoryError as error:
        raise because(error) from error
    finally:
        history.close()


def landed(view: View, reports: Sequence[FeedReport], whole: bool, folder: Path, leader: str) -> Landed:
    """A poll that another process made."""
    torn = [f"{r.feed}: {r.error or f'{r.pages_lost} lost'}" for r in reports if not r.sound]
    return Landed(
        org_id=view.inventory.org_id,
        org=view.inventory.org_name,
        folder=folder,
        seq=view.seq,
        at=view.at,
        circuits=len(view.circuits),
        calls=sum(r.calls for r in reports),
        pages=sum(r.pages for r in reports),
        pages_lost=sum(r.pages_lost for r in reports),
        took=max((r.took for r in reports), default=0.0),
        missing="" if whole else "; ".join(torn) or "a page was lost",
        led_by=leader,
    )
