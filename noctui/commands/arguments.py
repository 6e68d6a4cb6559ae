"""Arguments that several commands share: where settings come from, and how a command without a screen behaves."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from noctui.commands import codes

SITES = 240
"""Of a new demo."""
DAYS = 31
"""Of history behind a demo."""
_FLAGS = ("host", "org_id", "data", "theme", "poll_seconds", "log_level", "bus")
_SWITCHES = ("ascii", "insecure_host", "lead_alone")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Those that win over what files and the environment say."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="noctui.toml to read")
    parser.add_argument("--env-file", type=Path, metavar="FILE", help=".env to read")
    parser.add_argument("--host", help="the Mist cloud's API host (api.mist.com)")
    parser.add_argument("--insecure-host", action="store_true", help="allow a host that Mist does not own")
    parser.add_argument("--org-id", metavar="ID", help="the org to watch; else found by the token")
    parser.add_argument("--data", metavar="FOLDER", help="where history is kept")
    parser.add_argument("--poll-seconds", metavar="S", help="seconds between polls (60)")
    parser.add_argument("--bus", metavar="URL", help="the bus between hosts, redis://HOST:PORT/0 (else REDIS_URL)")
    parser.add_argument("--lead-alone", action="store_true", help="collect although the bus cannot be reached")
    parser.add_argument("--log-level", metavar="LEVEL", help="DEBUG, INFO, WARNING or ERROR")


def add_demo(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--demo", action="store_true", help=what)
    parser.add_argument("--sites", type=_sites, metavar="N", help=f"sites of the simulated network ({SITES})")
    parser.add_argument("--days", type=_days, metavar="N", help=f"days of history made behind the demo, once ({DAYS})")


class OneLine(argparse.ArgumentParser):
    """The parser of a command without a screen: what cannot be read is said in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        from noctui.commands.telling import Telling

        Telling(self.prog, as_json=True).warn(f"{message}; see {self.prog} --help")
        raise SystemExit(codes.USAGE)


def headless() -> argparse.ArgumentParser:
    """The parent of every command that works without a screen."""
    every = argparse.ArgumentParser(add_help=False)
    add_demo(every, "a simulated network in a data folder of its own; needs no token")
    add_settings(every)
    every.add_argument("--json", action="store_true", help="a JSON object a line, also on a terminal")
    every.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    every.add_argument("--verbose", "-v", action="store_true", help="say all that the log says (level DEBUG)")
    return every


def flags_of(args: argparse.Namespace) -> Mapping[str, str]:
    """Fields of settings that were given as arguments, for `config.load`."""
    flags = {name: value for name in _FLAGS if (value := getattr(args, name, None)) is not None}
    return flags | {name: "true" for name in _SWITCHES if getattr(args, name, False)}


def _days(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= DAYS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {DAYS}")
    return int(text)


def _sites(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 50_000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 50000")
    return int(text)
