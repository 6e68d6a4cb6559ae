"""The command line: reads arguments and settings, then starts what was asked for, importing no more than that needs."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import importlib
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noctui import __version__
from noctui.commands.aliases import AliasError, told, translated
from noctui.commands.arguments import DAYS, SITES, add_demo, add_settings, flags_of
from noctui.commands.readying import NotReady, ready

if TYPE_CHECKING:
    from noctui.clock import ShiftedClock
    from noctui.promise_settings import PromiseSettings
    from noctui.reload import Reloader
    from noctui.runtime.desk import Desk
    from noctui.runtime.orgs import Orgs
    from noctui.runtime.people import Person
    from noctui.settings import Settings
    from noctui.tui.app import NoctuiApp

log = logging.getLogger("noctui.cli")

OK, FAILED, USAGE = 0, 1, 2

COMMANDS = {
    "aggregate": "noctui.commands.aggregate",
    "chart": "noctui.commands.chart",
    "check": "noctui.commands.check",
    "collect": "noctui.commands.collect",
    "config": "noctui.commands.config",
    "doctor": "noctui.commands.doctor",
    "export": "noctui.commands.export",
    "full-cycle": "noctui.commands.full_cycle",
    "inventory": "noctui.commands.inventory",
    "maint": "noctui.commands.maint",
    "notify": "noctui.commands.notify",
    "report": "noctui.commands.report",
    "sim": "noctui.sim.cli",
    "sla": "noctui.commands.sla",
    "sync": "noctui.commands.sync",
    "warehouse": "noctui.commands.warehouse",
}
"""First word → the module whose `main` takes the rest."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run noctui. Exit codes: 0 ok, 1 failed, 2 usage; those of commands: `commands.codes`."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are not multiplied: threads cost 100 ms
    try:
        words = translated(sys.argv[1:] if argv is None else argv)
    except AliasError as error:
        print(f"noctui: {error}", file=sys.stderr)
        return USAGE
    if words and words[0] in COMMANDS:
        command = importlib.import_module(COMMANDS[words[0]])
        return int(command.main(words[1:]))
    if words and not words[0].startswith("-"):
        print(f"noctui: {_no_command(words[0])}", file=sys.stderr)
        return USAGE
    from noctui.runtime import garbage

    garbage.not_yet()
    try:
        return _screen(words)
    finally:
        garbage.again()


def _screen(words: Sequence[str]) -> int:
    """The screen, until it is ended."""
    args = _parser().parse_args(words)
    from noctui.config import Config, ConfigError, load
    from noctui.reload import Reloader

    def read() -> Config:
        return load(flags_of(args), config_file=args.config, env_file=args.env_file)

    try:
        config = read()
    except ConfigError as error:
        print(f"noctui: {error}", file=sys.stderr)
        return USAGE
    if not all(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stdin)):  # None: closed
        print("noctui: the screen needs a terminal; standard input and output must be one", file=sys.stderr)
        return USAGE
    if os.environ.get("TERM") == "dumb":  # it cannot move its cursor: nothing could be painted
        print("noctui: TERM=dumb cannot show a screen; set TERM to what your terminal is, or use noctui export",
              file=sys.stderr)  # fmt: skip
        return USAGE
    for warning in config.warnings:
        print(f"noctui: {warning}", file=sys.stderr)
    if args.demo:
        from noctui.sim.demo import Demo

        with Demo(config.settings, args.sites or SITES, DAYS if args.days is None else args.days) as demo:
            if args.read_only and not demo.settings.data.is_dir():
                return _nothing_to_read(demo.settings.data)
            return _ready(demo.settings, args.read_only) or asyncio.run(
                _watch(
                    demo.settings,
                    demo.start_server,
                    demo.fill_past,
                    wall=args.wall,
                    read_only=args.read_only,
                    start_bus=demo.start_bus,
                    promises=demo.promises,
                )
            )
    settings = config.settings
    from noctui.sources.mist.errors import SettingsError
    from noctui.sources.mist.hosts import base_url

    try:
        base_url(settings.host, settings.insecure_host)
    except SettingsError as error:
        print(f"noctui: {error}", file=sys.stderr)
        return USAGE
    if args.read_only and not settings.data.is_dir() and not settings.has_bus:
        return _nothing_to_read(settings.data)
    if not settings.tokens and not settings.data.is_dir() and not settings.has_bus:
        print("noctui: no token: set MIST_API_TOKEN (see .env.example), or try noctui --demo", file=sys.stderr)
        return USAGE
    if args.keep and (args.read_only or not settings.has_bus):
        why = "--read-only writes nothing" if args.read_only else "there is no bus: name it by --bus or REDIS_URL"
        print(f"noctui: --keep keeps what comes by the bus, and {why}", file=sys.stderr)
        return USAGE
    return _ready(settings, args.read_only) or asyncio.run(
        _watch(settings, reloader=Reloader(config, read), wall=args.wall, read_only=args.read_only, keep=args.keep)
    )


def _nothing_to_read(folder: Path) -> int:
    print(f"noctui: nothing to read: there is no folder {folder}; name the leader's by --data", file=sys.stderr)
    return USAGE


def _ready(settings: Settings, read_only: bool) -> int:
    """Make the data folder and begin the log; not OK, with one line, when there is no place for them. Who only reads
    leaves nothing in the folder: the log is kept where the screen's own state is."""
    from noctui.config import home

    own = read_only and settings.log_file is None
    if own:
        settings = replace(settings, log_file=home("state", os.environ) / "read-only.log")
    try:
        ready(settings)
    except NotReady as error:
        if not own:  # who only reads can do without a log
            print(f"noctui: {error}", file=sys.stderr)
            return FAILED
    return OK


async def _watch(
    settings: Settings,
    before_source: Callable[[], str] | None = None,
    when_live: Callable[[Path], None] | None = None,
    reloader: Reloader | None = None,
    wall: bool = False,
    read_only: bool = False,
    start_bus: Callable[[], str] | None = None,
    keep: bool = False,
    promises: Callable[[], PromiseSettings] | None = None,
) -> int:
    """The screen over a desk, whose collector is a child process. `before_source` readies the source and gives its URL,
    `start_bus` a bus of its own where none is set, on which the collector publishes;
    `when_live` gets the org's folder once the first poll of this run is there; `reloader` looks for new settings.
    With `wall` its pages turn; `read_only` never collects, and writes nothing into the data folder; `keep` keeps a
    history of what comes by the bus. `promises` gives those of a demo, on a thread, once there is something to show."""
    from noctui.clock import ShiftedClock
    from noctui.config import home
    from noctui.runtime.orgs import Orgs
    from noctui.runtime.people import here
    from noctui.tui.app import NoctuiApp, Options
    from noctui.tui.options import Wall

    def ready() -> Settings:
        url = before_source() if before_source else ""
        made = replace(settings, host=url) if url else settings
        made = replace(made, promises=promises()) if promises else made
        if start_bus is None or settings.has_bus or not settings.bus_enabled:
            return made
        try:
            return replace(made, bus=start_bus(), bus_brief=True)
        except OSError as error:  # the folder is a bus, too
            loop.call_soon_threadsafe(app.say, f"Others follow by the data folder alone: {error}")
            return made

    loop = asyncio.get_running_loop()
    clock = ShiftedClock()
    person = here(settings.roles, read_only)
    desk = _desk(settings, clock, ready, when_live, read_only, keep, person)
    if settings.warehouse_account and settings.warehouse_read_through and before_source is None:  # no demo's network
        from noctui.runtime.far import Far
        from noctui.stores.warehouse.login import Login

        kept = (home("state", os.environ) if read_only else settings.data) / "warehouse"
        desk.read_through(Far(Login.of(settings), kept, clock))
    desk.promises, desk.mails = settings.promises, settings.mails
    pages = Wall(settings.wall_pages, settings.wall_seconds, settings.wall_hold, settings.wall_idle)
    remembered = home("state", os.environ) if read_only else settings.data
    there = None
    if settings.has_bus:
        from noctui.runtime.remote_orgs import RemoteOrgs

        there = RemoteOrgs(settings, lambda org_id: _beside(settings, org_id, clock, person, by_bus=True))
    scenes = Orgs(desk, settings.data, clock, lambda org_id: _beside(settings, org_id, clock, person), there)
    app = NoctuiApp(
        scenes,
        clock,
        Options(
            theme=fitting_theme(os.environ) if settings.theme == "auto" else settings.theme,
            ascii=settings.ascii,
            exports=settings.exports,
            state=None if wall else remembered / "screen.json",  # a wall begins the same every time
            read_only=read_only,
            themes=home("config", os.environ) / "themes",
            layout=settings.layout,
            zone=settings.zone,
            wall=pages if wall else None,
            keys=settings.keys,
            bell=settings.alarms.bell,
            osc=settings.alarms.osc,
            runbook=settings.alarms.runbook,
            host="" if before_source else settings.host,  # a demo's own server has no portal
        ),
    )
    failure: list[str] = []

    def failed(text: str) -> None:
        failure.append(text)
        app.exit(return_code=USAGE)

    desk.failed = failed
    promising = asyncio.create_task(_promise(desk, promises), name="promises") if promises else None
    reading = asyncio.create_task(_keep_reading(reloader, scenes, app), name="settings") if reloader else None
    log.info("startup", extra={"version": __version__, "pid": os.getpid()})
    await app.run_async()
    for task in (promising, reading):
        if task is not None:
            task.cancel()
    log.info("shutdown", extra={"code": app.return_code or OK})
    for text in failure:
        print(f"noctui: {text}", file=sys.stderr)
    if app.broke and not failure:
        print(f"noctui: {app.broke}", file=sys.stderr)
    return app.return_code or OK


def _desk(
    settings: Settings,
    clock: ShiftedClock,
    ready: Callable[[], Settings],
    when_live: Callable[[Path], None] | None,
    read_only: bool,
    keep: bool,
    person: Person,
) -> Desk:
    """What makes the Scenes: with a bus it follows that."""
    from functools import partial

    from noctui.runtime.child_keeper import InChild
    from noctui.runtime.desk import Desk

    make: Callable[..., Desk] = Desk
    if settings.has_bus:
        from noctui.runtime.remote import Remote
        from noctui.runtime.remote_desk import RemoteDesk

        remote = Remote(settings)
        make = partial(RemoteDesk, remote=remote, shift=clock.shift, keep=keep)
    return make(
        data=settings.data,
        org_id=settings.org_id,
        poll_seconds=settings.poll_seconds,
        clock=clock,
        new_source=None,
        collecting=InChild(ready) if settings.tokens and not read_only else None,
        thresholds=settings.thresholds,
        when_live=when_live,
        raw_days=settings.raw_days,
        path_days=settings.path_days,
        zone=settings.zone,
        read_only=read_only,
        person=person,
    )


def _beside(settings: Settings, org_id: str, clock: ShiftedClock, person: Person, *, by_bus: bool = False) -> Desk:
    """What makes the Scenes of another org below the same data folder, or on the bus: it follows whoever collects it.
    The clock is the own org's."""
    from functools import partial

    from noctui.runtime.desk import Desk

    make: Callable[..., Desk] = Desk
    if by_bus:
        from noctui.runtime.remote import Remote
        from noctui.runtime.remote_desk import RemoteDesk

        make = partial(RemoteDesk, remote=Remote(settings))
    beside = make(
        data=settings.data,
        org_id=org_id,
        poll_seconds=settings.poll_seconds,
        clock=clock,
        new_source=None,
        thresholds=settings.thresholds,
        raw_days=settings.raw_days,
        path_days=settings.path_days,
        zone=settings.zone,
        read_only=person.role == "viewer",
        person=person,
    )
    beside.promises, beside.mails = settings.promises, settings.mails
    return beside


async def _promise(desk: Desk, promises: Callable[[], PromiseSettings]) -> None:
    """What is promised is not needed before there is something to score."""
    while desk.live() is None:
        await asyncio.sleep(0.5)
    desk.promise(await asyncio.to_thread(promises))


async def _keep_reading(reloader: Reloader, scenes: Orgs, app: NoctuiApp) -> None:
    """Settings that were changed while noctui runs: taken over where that is safe, and said."""
    from noctui.reload import LOOK_SECONDS

    while True:
        await asyncio.sleep(LOOK_SECONDS)
        found = await asyncio.to_thread(reloader.look)
        if found is None:
            continue
        log.info("settings.read", extra={"text": found.text})
        if not found.error:
            scenes.reload(found.settings)
            app.options = replace(app.options, exports=found.settings.exports)
        app.say(found.text)


def fitting_theme(env: Mapping[str, str]) -> str:
    """`dark` where the terminal says that it has 256 colours or more, else `ansi`: its own 16."""
    many = env.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    named = any(
        word in env.get("TERM", "") for word in ("256color", "direct", "kitty", "ghostty", "alacritty", "wezterm")
    )
    return "dark" if many or named else "ansi"


class _Whole(argparse.HelpFormatter):
    """Breaks no line inside a flag's or a command's name."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        import textwrap

        words = " ".join(text.split())
        return textwrap.fill(words, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="noctui",
        formatter_class=_Whole,
        usage="noctui [COMMAND] [--demo] [options]",
        description="Watch the WAN circuits of a Juniper Mist org, live, in a terminal.",
        epilog=f"commands (each has its --help): {', '.join(COMMANDS)}. As others called them: {told()}. "
        "Settings also come from the environment, .env and noctui.toml; flags win.",
    )
    parser.add_argument("--version", action="version", version=f"noctui {__version__}")
    add_demo(parser, "watch a simulated network; needs no token")
    add_settings(parser)
    parser.add_argument("--theme", metavar="NAME", help="auto, dark, light, contrast, ansi or one of your own")
    parser.add_argument("--wall", action="store_true", help="pages that turn by themselves, in large figures")
    parser.add_argument("--read-only", action="store_true", help="follow, never collect, write nothing into the folder")
    parser.add_argument("--keep", action="store_true", help="following by the bus, keep a history here too")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII alone")
    return parser


def _no_command(word: str) -> str:
    near = difflib.get_close_matches(word, COMMANDS, 1)
    shown = "".join(c if c.isprintable() else "·" for c in word)
    return f"no command {shown!r}" + (f"; did you mean {near[0]}?" if near else f"; there are {', '.join(COMMANDS)}")


if __name__ == "__main__":
    raise SystemExit(main())
