"""What a person sees of a walk: the header's right side, and the sentence below when the data itself is the news."""

from __future__ import annotations

from noctui.tui.frame.header import is_grey, right_side
from noctui.tui.frame.sentence import data_headline
from tests.walk.walk import Watch


def header(watch: Watch) -> str:
    """The right side of row 0 at its longest, as of the screen's own clock."""
    scene = watch.desk.live()
    at = None if scene is None else watch.status.heard_at or scene.view.at
    silent = scene is not None and scene.view.silent
    return "".join(text for text, _ in right_side(watch.status, at, watch.hand.now(), silent=silent))


def sentence(watch: Watch) -> str:
    """The headline about the data; "" while the network is the news."""
    view, status, now = watch.view, watch.status, watch.hand.now()
    at = status.heard_at or view.at
    told = data_headline(status, at, now, is_grey(status, at, now, view.silent) and not view.silent)
    return "" if told is None else "".join(clause.text for clause in told.clauses)


def grey(watch: Watch) -> bool:
    """Nothing on the screen is live any more."""
    view = watch.view
    return is_grey(watch.status, watch.status.heard_at or view.at, watch.hand.now(), view.silent)
