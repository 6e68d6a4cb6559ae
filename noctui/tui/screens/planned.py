"""The boards of planned work and promises by their kind; each is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Callable

from noctui.tui.screens.board import Board

Sorts = dict[str, tuple[str, bool]]


def make(kind: str, clock: Callable[[], float], sorts: Sorts) -> Board:
    """The board of this kind, one of `place.PLANNED`. `clock` gives monotonic seconds."""
    if kind == "maintenance":
        from noctui.tui.screens.maintenance import Maintenance

        return Maintenance(clock, sorts)
    if kind == "work":
        from noctui.tui.screens.work import WorkBoard

        return WorkBoard(clock, sorts)
    if kind == "mails":
        from noctui.tui.screens.mails import Mails

        return Mails(clock, sorts)
    if kind == "mail":
        from noctui.tui.screens.mail import MailBoard

        return MailBoard()
    if kind == "promise":
        from noctui.tui.screens.promise import PromiseBoard

        return PromiseBoard()
    if kind == "outages":
        from noctui.tui.screens.outages import Outages

        return Outages(clock, sorts)
    from noctui.tui.screens.sla import Sla

    return Sla(clock, sorts)
