"""`noctui doctor`: everything that noctui needs, looked at in turn, each with a verdict and what to do."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from noctui.config import Config, ConfigError, home, load
from noctui.doctor.verdict import Check, exit_code, lines, summary

USAGE = 2


def main(words: Sequence[str]) -> int:
    """Run `noctui doctor`. Exit codes: 0 all well, 1 something fails, 2 settings are unusable, 3 it could be better."""
    args = _parser().parse_args(list(words))
    names = ("host", "org_id", "data", "poll_seconds")
    flags = {name: value for name in names if (value := getattr(args, name)) is not None}
    if args.insecure_host:
        flags["insecure_host"] = "true"
    try:
        config = load(flags, config_file=args.config, env_file=args.env_file)
    except ConfigError as error:
        print(f"noctui: {error}", file=sys.stderr)
        return USAGE
    if args.demo:
        data = Path(os.path.abspath(config.settings.data))
        there = replace(config.settings, data=data.parent / f"{data.name or 'noctui'}-demo")
        config, args.offline = replace(config, settings=there), True
    from noctui.logs import hide, to_nowhere

    hide(config.settings.tokens)
    hide(
        (config.settings.warehouse_password, config.settings.warehouse_token, config.settings.warehouse_key_passphrase)
    )
    to_nowhere()  # what is found is told in the report
    checks = list(_checks(config, args.offline))
    if args.json:
        text = json.dumps([asdict(c) for c in checks], indent=2)
    else:
        text = "\n".join([*lines(checks), "", summary(checks)])
    try:
        print(text, flush=True)
    except UnicodeEncodeError:  # a terminal that has no … has ASCII
        print(text.encode("ascii", "replace").decode(), flush=True)
    except BrokenPipeError:
        sys.stdout = None  # nobody listens: nothing more is to be flushed
    return exit_code(checks)


def _checks(config: Config, offline: bool) -> Iterator[Check]:
    from noctui.clock import SystemClock
    from noctui.doctor import bus, mail, network, places, telling, terminal, versions, warehouse

    settings, now = config.settings, SystemClock().now()
    on_terminal = all(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stdin))
    size = shutil.get_terminal_size()
    yield from terminal.terminal(os.environ, on_terminal, (size.columns, size.lines))
    yield terminal.locale(os.environ, sys.stdout.encoding)
    yield from places.settings(config)
    yield places.writable(settings.data, "data", needed=True)
    yield places.writable(Path(os.path.abspath(settings.exports)), "exports", needed=False)
    yield from places.themes(home("config", os.environ) / "themes")
    yield from telling.telling(settings)
    yield from mail.mails(settings.mails, offline)
    yield from places.history(settings, settings.org_id, now)
    yield from warehouse.warehouse(settings, offline, now)
    if offline:
        yield Check("network", "note", "not looked at (--offline, or the demo, whose cloud runs with it)")
    else:
        yield from asyncio.run(network.network(settings))
        yield from asyncio.run(bus.bus(settings))
    yield from versions.versions()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="noctui doctor", description="What noctui needs, and whether it is there.")
    parser.add_argument("--offline", action="store_true", help="ask nobody over the network")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--demo", action="store_true", help="the demo's data folder")
    parser.add_argument("--config", type=Path, metavar="FILE", help="noctui.toml to read")
    parser.add_argument("--env-file", type=Path, metavar="FILE", help=".env to read")
    parser.add_argument("--host", help="the Mist cloud's API host (api.mist.com)")
    parser.add_argument("--insecure-host", action="store_true", help="allow a host that Mist does not own")
    parser.add_argument("--org-id", metavar="ID", help="the org to look at")
    parser.add_argument("--data", metavar="FOLDER", help="where history is kept")
    parser.add_argument("--poll-seconds", metavar="S", help="seconds between polls (60)")
    return parser
