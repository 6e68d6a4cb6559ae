"""The command's tables over the sample night, whose reader answers by fixed rules."""

from __future__ import annotations

import asyncio
import csv
import io

from noctui.commands import export
from noctui.commands.exports.arranging import arranged
from noctui.commands.exports.asking import wish
from noctui.tui.export import Csv
from tests import night

BEGINS = night.POLL - 40 * 86_400.0


def text(*words: str, at: float = night.POLL) -> str:
    """The CSV of `noctui export WORDS` over the night."""

    async def made() -> str:
        args = export.parser().parse_args(list(words))
        wanted = wish(args)
        asked = wanted.of(night.FakeScene(night.view(at), night.STATUS), "UTC", BEGINS)
        table = arranged(await wanted.table.make(asked), asked, args.top)
        form = Csv()
        return form.begin(table.headers) + "".join([form.rows(part) async for part in table.parts])

    return asyncio.run(made())


def read(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table, newline="")))


def rows(*words: str) -> list[dict[str, str]]:
    return read(text(*words))
