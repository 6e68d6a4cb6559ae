"""`noctui notify list|test`: who would be told of what; and whether a message arrives, by sending one."""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from noctui.alarm_settings import Notify
from noctui.commands import codes
from noctui.config import ConfigError, load


def main(words: Sequence[str]) -> int:
    """Run `noctui notify` with the words after it. Exit codes: 0 ok, 1 none was sent, 2 usage, 3 some were not sent."""
    parser = argparse.ArgumentParser(
        prog="noctui notify", description="Who is told of alarms: [[notify]] in noctui.toml."
    )
    kinds = parser.add_subparsers(dest="kind", required=True)
    listed = kinds.add_parser("list", help="the rules, without their URLs")
    tried = kinds.add_parser("test", help="send one message by each rule, or by those named")
    tried.add_argument("names", nargs="*", metavar="NAME", help="rules, by their names")
    for one in (listed, tried):
        one.add_argument("--config", type=Path, metavar="FILE", help="noctui.toml to read")
        one.add_argument("--env-file", type=Path, metavar="FILE", help=".env to read")
    args = parser.parse_args(list(words))
    try:
        rules = load(config_file=args.config, env_file=args.env_file).settings.alarms.notify
    except ConfigError as error:
        return _usage(str(error))
    if not rules:
        return _usage("nobody is told: there is no [[notify]] in noctui.toml (see sample_data/noctui.toml)")
    if args.kind == "list":
        for rule in rules:
            print(_plain(in_words(rule)))
        return codes.OK
    unknown = [name for name in args.names if name not in {rule.name for rule in rules}]
    if unknown:
        return _usage(f"no rule {unknown[0]!r}; there are {', '.join(rule.name for rule in rules)}")
    return asyncio.run(_try([r for r in rules if not args.names or r.name in args.names]))


def in_words(rule: Notify) -> str:
    """One line: what it tells, from when on, to what kind of target."""
    parts = [f"{rule.name}: {rule.severity} or worse by {rule.url.partition('://')[0]}"]
    if rule.after:
        parts.append(f"after {rule.after / 60:g}m without an acknowledgement")
    if rule.again:
        parts.append(f"again every {rule.again / 60:g}m")
    for word, values in (("from", rule.sources), ("types", rule.types), ("regions", rule.regions),
                         ("carriers", rule.carriers)):  # fmt: skip
        if values:
            parts.append(f"{word} {', '.join(values)}")
    if rule.hours:
        parts.append(f"at {rule.hours}")
    if rule.quiet:
        parts.append(f"quiet {rule.quiet} but for {rule.quiet_severity}")
    parts.append(f"at most {rule.per_hour} an hour")
    return ", ".join(parts)


async def _try(rules: Sequence[Notify]) -> int:
    from noctui.runtime.notify_child import Letter
    from noctui.runtime.notifying import send_apart

    host = socket.gethostname()
    text = f"A test of the rule, sent by hand on {host}. Nothing is wrong."
    outcomes = await asyncio.gather(
        *(send_apart(rule.url, [Letter(f"noctui: test of {rule.name}", text, "info")]) for rule in rules)
    )
    bad = 0
    for rule, (why,) in zip(rules, outcomes, strict=True):
        bad += bool(why)
        print(_plain(f"{rule.name}: {f'not sent: {why}' if why else 'sent'}"), file=sys.stderr if why else sys.stdout)
    return codes.OK if not bad else codes.FAILED if bad == len(rules) else codes.PARTIAL


def _usage(text: str) -> int:
    print(f"noctui: {_plain(text)}", file=sys.stderr)
    return codes.USAGE


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text)
