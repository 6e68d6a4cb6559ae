"""Another org on the same screen: listed with `:org`, chosen there or by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.tui.place import OVERVIEW
from noctui.tui.shell import Shell

if TYPE_CHECKING:
    from noctui.model.orgs import OrgLine
    from noctui.tui.screens.orgs import Orgs


class Switching(Shell):
    """Which org is on screen."""

    def on_orgs_asked(self, message: Orgs.Asked) -> None:
        self.run_worker(self._look_at_orgs(), group="orgs", exclusive=True)

    async def _look_at_orgs(self) -> None:
        from noctui.tui.screens.orgs import Orgs

        lines = await self._scenes.orgs()
        board = self._boards.get("orgs")
        if isinstance(board, Orgs):
            board.take(lines)

    async def on_orgs_chosen(self, message: Orgs.Chosen) -> None:
        self.show_org(message.org_id)

    def show_org(self, name: str) -> None:
        """The org of this id, or the only one whose name holds this."""
        self.run_worker(self._show_org(name), group="org", exclusive=True)

    async def _show_org(self, name: str) -> None:
        lines = await self._scenes.orgs()
        found = [line for line in lines if line.org_id == name] or meant(lines, name)
        if len(found) != 1:
            there = ", ".join(line.shown for line in (found or lines))
            self.say(f"{len(found)} orgs are called so: {there}" if found else f"No org {name}; there are: {there}")
            return
        refused = await self._scenes.choose(found[0].org_id)
        if refused:
            self.say(refused)
            return
        self.workers.cancel_group(self, "time")
        self._machine.leave()
        self._chosen.clear()
        self._trail.jump(OVERVIEW)
        self.take_data()
        await self.arrive()
        self.say(f"This is {found[0].shown}; :org lists all.")


def meant(lines: tuple[OrgLine, ...], name: str) -> list[OrgLine]:
    """Those of this name, else those that begin so, else those that hold it; without case."""
    word = name.casefold().strip()
    names = [(line, line.shown.casefold()) for line in lines]
    return (
        [line for line, shown in names if shown == word]
        or [line for line, shown in names if shown.startswith(word)]
        or [line for line, shown in names if word in shown or line.org_id.casefold().startswith(word)]
    )
