"""The wall: pages that turn by themselves, stop for who walks up to it, and hold what has just gone wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.place import Place, wall_of
from noctui.tui.shell import Shell
from noctui.tui.wall.pages import FIRST, read_pages

if TYPE_CHECKING:
    from noctui.clock import Clock
    from noctui.model.inventory import Inventory
    from noctui.model.scene import Scene, Scenes
    from noctui.tui.options import Options
    from noctui.tui.screens.board import Board
    from noctui.tui.wall.news import News, Watch
    from noctui.tui.wall.pages import Page


STEP = 5.0
"""Seconds in which the footer counts, so that a quiet wall sends little."""


class Walling(Shell):
    """Rotation. `Options.wall` is None where there is no wall: then nothing here does anything."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("hold", "page_back", "page_on")

    def __init__(self, scenes: Scenes, clock: Clock, options: Options | None = None) -> None:
        super().__init__(scenes, clock, options)
        self._wall = self.options.wall
        self._pages: tuple[Page, ...] = (FIRST,)
        self._pages_of: Inventory | None = None
        self._pages_said = ""
        self._page = 0
        self._turned_at = clock.monotonic()
        self._held = False  # by a person, until space again
        self._news: News | None = None
        self._news_until = 0.0
        self._watch: Watch | None = None
        self._drilled_at: float | None = None  # the last key of who left the pages; None: they turn
        self._for_wall = False  # the key that is being handled was one of the wall's own
        self._before_key: tuple[float | None, News | None] = None, None
        self._quit_asked = -STEP
        if self._wall is not None:
            self._trail.jump(FIRST.place)

    # -- turning -------------------------------------------------------------------------------------------------------

    @property
    def turning(self) -> bool:
        """Whether the wall's pages are shown, not what a person opened from them."""
        return self._wall is not None and self._drilled_at is None

    async def beat(self) -> None:
        await super().beat()
        if self._wall is None or self._scene is None or not self.frame.is_attached:
            return
        now = self._clock.monotonic()
        if self._drilled_at is not None:
            if now - self._drilled_at >= self._wall.idle:
                await self._come_back()
        elif self._news is not None and now >= self._news_until:
            self._news = None
            await self._turn(0)
        elif not self._held and self._news is None and now - self._turned_at >= self._wall.seconds:
            await self._turn(1)

    async def arrive(self, same: bool = False) -> None:
        """Pages are read when the network is known or another; what is new in it pulls its page forward."""
        scene = self._scene
        if self._wall is not None and scene is not None and scene.live:
            if scene.view.inventory is not self._pages_of:
                self._read_pages(scene.view.inventory)
            news = self._look(scene)
            if news is not None and self.turning:
                self._news, self._news_until = news, self._clock.monotonic() + self._wall.hold
                self._trail.jump(self._page_of(news))
            self._tell_boards()
        await super().arrive(same)

    def _look(self, scene: Scene) -> News | None:
        """What has just gone wrong; a history that is shown again is no news."""
        if self._watch is None:
            from noctui.tui.wall.news import Watch

            self._watch = Watch()
        return None if scene.status.warm else self._watch.look(scene.view)

    def furnish(self, board: Board) -> None:
        super().furnish(board)
        self._tell_boards()

    def _tell_boards(self) -> None:
        from noctui.tui.screens.wall import WallBoard

        for board in self._boards.values():
            if isinstance(board, WallBoard):
                board.news = self._news

    def _read_pages(self, inventory: Inventory) -> None:
        assert self._wall is not None
        first = self._pages_of is None
        self._pages_of = inventory
        self._pages, said = read_pages(self._wall.pages, inventory)
        self._page = min(self._page, len(self._pages) - 1)
        if said and said != self._pages_said:
            self.say(said)
        self._pages_said = said
        if first and self.turning:
            self._open(self._pages[0])

    def _page_of(self, news: News) -> Place:
        """The page that shows it: its region's, else the incidents', else the network's, else its region's for once."""
        places = [page.place for page in self._pages]
        if news.incident and Place(kind="incidents") in places:
            return Place(kind="incidents")
        mine = wall_of(news.region)
        for place in (mine, Place(kind="incidents"), FIRST.place):
            if place in places:
                return place
        return mine

    async def _turn(self, step: int) -> None:
        """So many pages on, and the time begins anew."""
        self._page = (self._page + step) % len(self._pages)
        self._turned_at = self._clock.monotonic()
        self._open(self._pages[self._page])
        await self.arrive()

    def _open(self, page: Page) -> None:
        self._layout = page.layout or self._layout
        self._trail.jump(page.place)

    async def _come_back(self) -> None:
        """Nobody has pressed a key for long: the pages turn again, and it is now."""
        self._drilled_at = None
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.frame.edit(None)
        self.frame.ask(None)
        self.frame.choose(None)
        if self.frame.filling:
            await self.run_action("leave_form")
        if self.board is not None:
            self.board.restore()
        if self._machine.past:
            self._machine.leave()
            self.take_data()
        await self._turn(0)

    # -- who walks up to it --------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Any key but the wall's own stops the pages, until nobody has pressed one for a while."""
        if self._wall is None or event.is_forwarded or not self._is_press(event):
            await super().on_event(event)
            return
        self._for_wall = False
        self._before_key = self._drilled_at, self._news
        await super().on_event(event)
        if not self._for_wall or self._drilled_at is not None:
            self._drilled_at, self._news = self._clock.monotonic(), None

    def _is_press(self, event: events.Event) -> bool:
        """A key, or the mouse; what is clicked on the footer comes as its key."""
        if isinstance(event, events.MouseDown):
            return event.screen_y < self.size.height - 1
        return isinstance(event, events.Key | events.MouseScrollDown | events.MouseScrollUp)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("wall_hold", "wall_page"):
            return self.turning
        return super().check_action(action, parameters)

    def action_wall_hold(self) -> None:
        """Stay on this page, or turn again."""
        self._not_left()
        self._held = not self._held
        self._turned_at = self._clock.monotonic()
        self.paint(board=False)

    async def action_wall_page(self, step: int) -> None:
        self._not_left()
        self._news = None
        await self._turn(step)

    def _not_left(self) -> None:
        """The key or click was the wall's own: whoever pressed it has opened nothing."""
        self._for_wall = True
        self._drilled_at, self._news = self._before_key

    async def action_quit(self) -> None:
        """A wall is ended by who means it."""
        now = self._clock.monotonic()
        if self._wall is None or now - self._quit_asked < STEP:
            await super().action_quit()
            return
        self._not_left()
        self._quit_asked = now
        self.say("End the wall? q once more ends it; it goes on by itself.")

    def aside(self) -> str:
        if self._wall is None or self._scene is None:
            return super().aside()
        now = self._clock.monotonic()
        if self._drilled_at is not None:
            return f"pages turn again in {_left(self._drilled_at + self._wall.idle - now)}"
        page = f"page {self._page + 1} of {len(self._pages)}"
        if self._news is not None:
            return f"new, held {_left(self._news_until - now)}"
        if self._held:
            return f"{page}, held"
        return f"{page}, next in {_left(self._turned_at + self._wall.seconds - now)}" if len(self._pages) > 1 else ""


def _left(seconds: float) -> str:
    """`20s`, `1m40s`, in steps, rounded up: it never says 0."""
    whole = max(int(-(-max(seconds, 0.0) // STEP) * STEP), int(STEP))
    return f"{whole}s" if whole < 60 else f"{whole // 60}m{whole % 60:02d}s"
