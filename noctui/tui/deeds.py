"""What was asked for on the `:` line, done: one thing of the app for each."""

from __future__ import annotations

from typing import Protocol

from noctui.tui.commands.asked import (
    Act,
    Arrange,
    Asked,
    At,
    Choose,
    Dress,
    Explain,
    Export,
    Find,
    Go,
    Live,
    Look,
    Narrow,
    Play,
    Quit,
    Save,
    See,
    Show,
    Use,
)
from noctui.tui.place import Place


class Deeds(Protocol):
    """What a command may do."""

    async def go(self, place: Place, filter: str | None) -> None: ...

    def go_at(self, at: float, corrected: bool) -> None: ...

    def replay(self, speed: int, at: float | None) -> None: ...

    async def action_live(self) -> None: ...

    def export_as(self, file: str) -> None: ...

    def look_back(self, window: str) -> None: ...

    async def dress(self, theme: str) -> None: ...

    async def arrange(self, layout: str) -> None: ...

    def choose_columns(self, keys: tuple[str, ...], usual: bool) -> None: ...

    def filter_by(self, text: str) -> None: ...

    async def act(self, asked: Act) -> None: ...

    def find_incident(self, number: int) -> None: ...

    def see_all(self) -> None: ...

    def save_filter(self, name: str) -> None: ...

    async def use_filter(self, name: str) -> None: ...

    def show_org(self, name: str) -> None: ...

    def explain(self, verb: str) -> None: ...

    async def action_quit(self) -> None: ...


async def do(asked: Asked, app: Deeds) -> None:
    """Do it."""
    match asked:
        case Go(place, filter_):
            await app.go(place, filter_)
        case At(at, corrected):
            app.go_at(at, corrected)
        case Play(speed, at):
            app.replay(speed, at)
        case Live():
            await app.action_live()
        case Export(file):
            app.export_as(file)
        case Look(window):
            app.look_back(window)
        case Dress(theme):
            await app.dress(theme)
        case Arrange(layout):
            await app.arrange(layout)
        case Choose(columns, usual):
            app.choose_columns(columns, usual)
        case Narrow(text):
            app.filter_by(text)
        case Explain(verb):
            app.explain(verb)
        case Act():
            await app.act(asked)
        case Find(number):
            app.find_incident(number)
        case See():
            app.see_all()
        case Save(name):
            app.save_filter(name)
        case Use(name):
            await app.use_filter(name)
        case Show(org):
            app.show_org(org)
        case Quit():
            await app.action_quit()
