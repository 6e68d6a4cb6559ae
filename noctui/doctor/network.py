"""The way to Mist, step by step: name, address, connection, encryption, tokens, org, budget."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from noctui.clock import SystemClock
from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check
from noctui.runtime.source import Budget, SourceError
from noctui.settings import Settings
from noctui.sources.mist.errors import SettingsError
from noctui.sources.mist.hosts import base_url

SECONDS = 10.0
"""How long each step may take."""
SHARE = 0.8
"""Of the hourly calls, what sweeps may use."""


async def network(told: Settings) -> list[Check]:
    """Ends at the first step that fails: what comes after cannot work."""
    try:
        url = base_url(told.host, told.insecure_host)
    except SettingsError as error:
        return [Check("network", FAIL, str(error))]
    through = told.proxy or url
    parts = urlsplit(through)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found = [await _reached(host, port, parts.scheme == "https", "the proxy " if told.proxy else "")]
    if found[-1].verdict == FAIL:
        return found
    if not told.tokens:
        todo = "set MIST_API_TOKEN (see .env.example); without one this can only follow"
        return [*found, Check("tokens", WARN, "none is set", todo)]
    return [*found, *await _asked(told)]


async def _reached(host: str, port: int, encrypted: bool, word: str) -> Check:
    """Name and connection; with TLS its certificate."""
    name = f"{word}{host}"
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(SECONDS):
            addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError:
        return Check("network", FAIL, f"{name}: no answer from the name server in {SECONDS:g} s", "check DNS")
    except OSError as error:
        return Check("network", FAIL, f"{name} has no address: {_why(error)}", "check the name, DNS, mist.proxy")
    began = time.monotonic()
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(
                host, port, ssl=ssl.create_default_context() if encrypted else None
            )
    except TimeoutError:
        return Check("network", FAIL, f"{name}: port {port} does not answer in {SECONDS:g} s",
                     "a firewall? see mist.proxy")  # fmt: skip
    except ssl.SSLCertVerificationError as error:
        return Check("network", FAIL, f"{name}: its certificate is not believed: {error.verify_message}",
                     "check this machine's clock and CA certificates (SSL_CERT_FILE)")  # fmt: skip
    except (OSError, ssl.SSLError) as error:
        return Check("network", FAIL, f"{name}: port {port} refuses: {_why(error)}", "a firewall? see mist.proxy")
    took = 1000 * (time.monotonic() - began)
    writer.close()
    how = "encrypted" if encrypted else "not encrypted"
    return Check("network", OK, f"{name} ({addresses[0][4][0]}) port {port}, {how}, in {took:.0f} ms")


async def _asked(told: Settings) -> list[Check]:
    from noctui.runtime.mist import mist_source

    source = mist_source(told, SystemClock())
    try:
        async with asyncio.timeout(2 * told.timeout):
            org = await source.open()
    except TimeoutError:
        return [Check("tokens", FAIL, "Mist does not answer in time", "try again later; see mist.timeout")]
    except SourceError as error:
        return [Check("tokens", FAIL, error.text), *_tokens(source.budget())]
    finally:
        await source.close()
    budget = source.budget()
    return [Check("org", OK, f"{org.name or 'unnamed'}, {org.org_id}"), *_tokens(budget), *_budget(budget, told)]


def _tokens(budget: Budget) -> Iterator[Check]:
    for token in budget.tokens:
        name = f"token {token.number} ({token.ending})"
        if token.state == "refused":
            yield Check("tokens", FAIL, f"{name} was refused. {token.text}".strip(), "make a new one in Mist")
        elif token.state == "rests":
            yield Check("tokens", WARN, f"{name} rests: {token.used:,} of {token.limit:,} calls of this hour are used")
        else:
            yield Check("tokens", OK, f"{name}, {token.role or 'role not told'}, {token.used:,}/{token.limit:,} calls")
    for note in budget.notes:
        yield Check("network", WARN if "clock" in note else NOTE, note)


def _budget(budget: Budget, told: Settings) -> Iterator[Check]:
    """What one sweep may cost at the pace that is set; how many it takes is known after the first."""
    if budget.limit:
        may = SHARE * budget.limit * told.poll_seconds / 3600
        yield Check(
            "budget", OK, f"{budget.limit:,} calls an hour carry {may:.0f} a sweep, every {told.poll_seconds:g} s"
        )


def _why(error: OSError) -> str:
    """asyncio puts its own words into `strerror`."""
    number = error.errno or 0
    return (os.strerror(number) if number > 0 else error.strerror or str(error)).lower()
