"""`noctui sim …`: the simulated servers on their own, for trying noctui out and for its demo."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noctui.clock import SystemClock
from noctui.sim import helpdesk_run
from noctui.sim.flags import add_faults, faults_of


def main(words: Sequence[str]) -> int:
    """Run `noctui sim` with the words after `sim`. Exit codes: 0 ok, 1 failed, 2 usage."""
    parser = argparse.ArgumentParser(prog="noctui sim", description="Simulated servers to try noctui with.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    add_arguments(kinds.add_parser("mist", help="a Mist cloud", description="A simulated Mist cloud, until Ctrl+C."))
    add_past_arguments(kinds.add_parser("past", help="the days behind a demo, left in a history's inbox"))
    helpdesk_run.add_arguments(kinds.add_parser("helpdesk", help="a Zammad helpdesk with the mails of a folder"))
    args = parser.parse_args(list(words))
    if args.kind == "past":
        from noctui.sim.past import run as make_past

        if args.until_eof:
            _end_with_parent()
        return make_past(args.folder, args.seed, args.sites, args.anchor, args.days)
    try:
        return asyncio.run(helpdesk_run.run(args) if args.kind == "helpdesk" else run(args))
    except OSError as error:
        print(f"noctui sim: cannot listen: {error.strerror}", file=sys.stderr)
        return 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `noctui sim mist`."""
    parser.add_argument("--sites", type=_sites, default=240, metavar="N", help="how many stores (240)")
    parser.add_argument("--seed", type=int, default=1, help="another number is another network (1)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (a free one)")
    parser.add_argument("--fd", type=int, default=None, help="a listening socket that was handed down, instead")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="X", help="how many times as fast time runs (1)")
    parser.add_argument(
        "--anchor", type=float, default=None, metavar="T", help="epoch seconds of the sample night (now)"
    )
    parser.add_argument("--report-seconds", type=_speed, default=60.0, metavar="S", help="gateways report every (60)")
    parser.add_argument("--token", action="append", default=None, help="a token that is accepted; may be repeated")
    parser.add_argument(
        "--role", choices=("read", "write", "admin", "helpdesk"), default="read", help="what tokens may do (read)"
    )
    parser.add_argument(
        "--access", type=_access, action="append", default=[], metavar="TOKEN=ROLE[,org:ID][,site:ID]",
        help="a token with a role and a scope of its own; may be repeated",
    )  # fmt: skip
    parser.add_argument("--other-org", action="append", default=[], metavar="NAME", help="one more org, of 20 sites")
    parser.add_argument("--mails", type=Path, metavar="FOLDER", help="bring the carriers' mails there")
    parser.add_argument("--odd", action="store_true", help="hostile names, missing and doubled things")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input is closed")
    add_faults(parser)


def add_past_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `noctui sim past`."""
    parser.add_argument("--folder", type=Path, required=True, help="the org's folder, with a history that has a poll")
    parser.add_argument("--sites", type=_sites, default=240, metavar="N", help="how many stores (240)")
    parser.add_argument("--seed", type=int, default=1, help="another number is another network (1)")
    parser.add_argument("--anchor", type=float, required=True, metavar="T", help="epoch seconds of the sample night")
    parser.add_argument("--days", type=int, default=31, metavar="N", help="how many days (31)")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input is closed")


def _end_with_parent() -> None:
    """Half-made days are not worth finishing when nobody will take them in: each file is whole or not there."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


async def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT, SIGTERM or, with `until_eof`, the end of standard input."""
    from noctui.sim.mist.clock import SimClock
    from noctui.sim.mist.faults import Faults
    from noctui.sim.mist.server import serve
    from noctui.sim.world import World

    now = SystemClock().now()
    world = World(args.seed, args.sites, anchor=now if args.anchor is None else args.anchor)
    tokens = tuple(args.token or ("sim-token",))
    server = await serve(
        world,
        args.host,
        args.port,
        tokens,
        SimClock(args.speed, now),
        args.report_seconds,
        role=args.role,
        access=dict(args.access),
        others=[World(args.seed + 1 + i, 20, world.anchor, name) for i, name in enumerate(args.other_org)],
        listening=None if args.fd is None else socket.socket(fileno=args.fd),
    )
    server.faults = Faults(**faults_of(args))
    if args.odd:
        from noctui.sim.mist.odd import everything

        server.rewrite.extend(everything(world.network))
    delivering = None
    if args.mails is not None:
        from noctui.sim.postman import deliver

        delivering = asyncio.create_task(deliver(world.network, world.anchor, args.mails, server.clock))
    print(f"{server.url}  tokens: {' '.join(tokens)}", flush=True)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, ended.set)
    if args.until_eof:
        loop.add_reader(sys.stdin.fileno(), _read, ended)
    try:
        await ended.wait()
    finally:
        if delivering is not None:
            delivering.cancel()
        if args.until_eof:
            loop.remove_reader(sys.stdin.fileno())
        await server.close()
    return 0


def _read(ended: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        ended.set()


def _access(text: str) -> tuple[str, Any]:
    from noctui.sim.mist.tokens import access_of

    try:
        return access_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _sites(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 50_000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 50000")
    return int(text)


def _speed(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError("must be a number above 0")
    return number
