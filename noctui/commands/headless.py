"""What every command without a screen does around its work: settings, the demo, the log, signals, a true exit code."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noctui import __version__
from noctui.clock import Clock, SystemClock
from noctui.commands import codes
from noctui.commands.arguments import DAYS, SITES, flags_of
from noctui.commands.readying import NotReady, ready
from noctui.commands.telling import Damaged, Passing, Telling
from noctui.config import Config, ConfigError, load
from noctui.logs import to_nowhere
from noctui.runtime.headless import Stopped
from noctui.settings import Settings

if TYPE_CHECKING:
    from noctui.runtime.source import Source
    from noctui.sim.demo import Demo

log = logging.getLogger("noctui.headless")


@dataclass
class Run:
    """One run of a command: what it was asked, by which settings, and its voice."""

    command: str
    args: argparse.Namespace
    config: Config
    settings: Settings
    telling: Telling
    clock: Clock
    damaged: Damaged
    demo: Demo | None = None

    @property
    def dry(self) -> bool:
        """Nothing may be written, not even a folder."""
        return bool(self.args.dry_run)

    def reread(self) -> Config:
        """The settings as they are by now."""
        return load(flags_of(self.args), config_file=self.args.config, env_file=self.args.env_file)

    def ready(self) -> Settings:
        """The settings with the source's true address: a demo's cloud is started when it is first needed."""
        return replace(self.settings, host=self.demo.start_server()) if self.demo is not None else self.settings

    def new_source(self) -> Source:
        """Raises SourceError."""
        from noctui.runtime.mist import mist_source

        return mist_source(self.ready(), self.clock)

    def begin_log(self, passing: bool = False) -> None:
        """Make the data folder and begin the log, unless nothing may be written; `passing`: it is told as well.

        Raises Stopped.
        """
        try:
            ready(self.settings, dry=self.dry)
        except NotReady as error:
            raise Stopped(str(error), "history") from error
        ours = logging.getLogger("noctui")
        ours.addHandler(self.damaged)
        if passing or self.args.verbose:
            ours.addHandler(Passing(self.telling))
            ours.setLevel(self.settings.log_level)

    def check_source(self) -> None:
        """Raises Stopped: settings by which no cloud can ever be asked."""
        from noctui.sources.mist.errors import SettingsError
        from noctui.sources.mist.hosts import base_url

        if self.demo is not None:
            return
        try:
            base_url(self.settings.host, self.settings.insecure_host)
        except SettingsError as error:
            raise Stopped(str(error), "usage") from error


Work = Callable[[Run], Awaitable[int]]


def main(command: str, parser: argparse.ArgumentParser, words: Sequence[str], work: Work) -> int:
    """Run `work` as `noctui COMMAND WORDS`; its exit code (`commands.codes`)."""
    args = parser.parse_args(list(words))
    to_nowhere()  # until there is a place for the log
    telling = Telling(command, args.json, steps=not getattr(args, "watch", False))
    try:
        flags = dict(flags_of(args))
        if args.verbose:
            flags.setdefault("log_level", "DEBUG")
        config = load(flags, config_file=args.config, env_file=args.env_file)
        for warning in config.warnings:
            telling.warn(warning)
        with ExitStack() as stack:
            run = Run(command, args, config, config.settings, telling, SystemClock(), Damaged(telling))
            if args.demo:
                _demonstrate(run, stack)
            code = asyncio.run(_until_told(run, work))
            return codes.PARTIAL if run.damaged.seen and code == codes.OK else code
    except ConfigError as error:
        telling.warn(str(error))
        return codes.USAGE
    except Stopped as stopped:
        return failed(telling, command, stopped)
    except Exception as error:  # the boundary: whatever broke, who runs it is told in a line
        log.exception("%s.broke", command)
        return failed(telling, command, Stopped(f"noctui broke ({type(error).__name__}); the log has the details"))
    finally:
        telling.close()


def failed(telling: Telling, command: str, stopped: Stopped) -> int:
    """Say why it stopped; its exit code."""
    code = codes.OF_KIND[stopped.kind]
    if telling.as_json:
        telling.event(
            f"{command}.run", stopped.text, logging.ERROR, status="failed", kind=stopped.kind, text=stopped.text,
            code=code,
        )  # fmt: skip
    else:
        log.error("%s.run", command, extra={"status": "failed", "kind": stopped.kind, "text": stopped.text})
    telling.warn(stopped.text)
    return code


def _demonstrate(run: Run, stack: ExitStack) -> None:
    """The demo's network, of as many sites as it has already, and its data folder. Where nothing may be written its own
    notes go elsewhere."""
    from noctui.sim.demo import Demo

    data = Demo(run.settings, SITES).settings.data
    world = data / "world.json"
    sites = run.args.sites or _sites_of(world)
    given = run.settings
    if run.dry:
        from tempfile import TemporaryDirectory

        aside = Path(stack.enter_context(TemporaryDirectory(prefix="noctui-"))) / "demo"
        given = replace(given, data=aside)
        if world.is_file():
            there = Demo(given, sites).settings.data
            there.mkdir()
            (there / "world.json").write_bytes(world.read_bytes())
    days = DAYS if run.args.days is None else run.args.days
    run.demo = stack.enter_context(Demo(given, sites, days))
    run.settings = replace(run.demo.settings, data=data, promises=run.demo.promises())


def _sites_of(world: Path) -> int:
    try:
        sites = json.loads(world.read_text())["sites"]
    except (OSError, ValueError, KeyError, TypeError):
        return SITES
    return sites if isinstance(sites, int) and sites > 0 else SITES


def this_process() -> dict[str, Any]:
    """What a start says of itself."""
    return {"version": __version__, "pid": os.getpid()}


async def _until_told(run: Run, work: Work) -> int:
    """The work's exit code; SIGINT, SIGTERM and SIGHUP end it in order."""
    loop, told = asyncio.get_running_loop(), list[int]()
    working = asyncio.ensure_future(work(run))

    def end(number: int) -> None:
        if not told:
            told.append(number)
            working.cancel()

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(sign) is not signal.SIG_IGN:  # nohup
            loop.add_signal_handler(sign, end, int(sign))
    try:
        return await working
    except asyncio.CancelledError:
        if not told:
            raise
        if getattr(run.args, "watch", False):
            return codes.OK
        run.telling.warn("ended before it was done; run it again to go on")
        return codes.INTERRUPTED + told[0]
