"""Pages of the Mist portal, by address, and whether this machine has a screen of its own to show them on."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from noctui.model.inventory import Inventory
from noctui.tui.place import Place

WAIT = 10.0
"""Seconds that a browser may take to be started."""
_START = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


def portal(host: str) -> str:
    """`https://manage.eu.mist.com` for `api.eu.mist.com` or an URL of it; empty for a host that is not Mist's."""
    try:
        name = urlsplit(host if "://" in host else f"https://{host}").hostname or ""
    except ValueError:
        return ""
    for begin in ("api.", "manage."):
        if name.startswith(begin) and name.endswith((".mist.com", ".mist-federal.com")):
            return f"https://manage.{name.removeprefix(begin)}"
    return ""


def address(base: str, place: Place, inventory: Inventory) -> str:
    """The portal's page of a circuit (its gateway), a site, a site's alarms or, of all else, the org."""
    org = f"{base}/admin/?org_id={quote(inventory.org_id, safe='')}"
    if place.kind in ("alarms", "mist"):
        return f"{org}#!alerts" + (f"/site/{quote(place.site_id, safe='')}" if place.site_id else "")
    row = inventory.circuit_row.get(place.circuit_id)
    site = quote(place.site_id or (inventory.circuits[row].site_id if row is not None else ""), safe="")
    attachments = inventory.circuits[row].attachments if row is not None else ()
    if attachments:
        return f"{org}#!gateway/detail/{device(attachments[-1].gateway_id)}/{site}"
    return f"{org}#!dashboard/insights/site/{site}/today/{site}" if site else org


def device(gateway_id: str) -> str:
    """Mist's id of a device: its mac behind zeros, written as a UUID."""
    return f"00000000-0000-0000-1000-{quote(gateway_id, safe='')}"


def has_screen(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a browser that is started here is seen by who sits at the terminal: not over SSH."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    return platform == "darwin" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


async def browse(url: str) -> bool:
    """Let a browser show it; in a process of its own, so that nothing waits and nothing writes into the terminal."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        starter = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _START, url, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError:
        return False
    try:
        return await asyncio.wait_for(starter.wait(), WAIT) == 0
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            starter.kill()
        await starter.wait()
        return False
