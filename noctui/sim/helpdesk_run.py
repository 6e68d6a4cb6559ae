"""`noctui sim helpdesk FOLDER`: a helpdesk whose tickets are the mails of a folder, until Ctrl+C; what is added to the
folder comes in as a ticket."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

LOOK = 0.5
"""Seconds between looks at the folder."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="files *.eml")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (a free one)")
    parser.add_argument("--token", default="sim-token", help="the token that is accepted (sim-token)")
    parser.add_argument("--group", default="NOC", help="whose tickets they are (NOC)")


async def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM. Exit codes: 0 ok, 1 no such folder."""
    from noctui.sim.helpdesk import Helpdesk

    if not args.folder.is_dir():
        print(f"noctui sim: {args.folder} is no folder", file=sys.stderr)
        return 1
    desk = Helpdesk(args.token, ("Users", args.group))
    await desk.start(args.host, args.port)
    print(f"{desk.url}  token: {args.token}  group: {args.group}", flush=True)
    ended = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    seen: set[str] = set()
    while not ended.is_set():
        for file in sorted(args.folder.glob("*.eml")):
            if file.name not in seen:
                seen.add(file.name)
                desk.receive(file.read_bytes(), args.group)
        try:
            await asyncio.wait_for(ended.wait(), LOOK)
        except TimeoutError:
            continue
    await desk.close()
    return 0
