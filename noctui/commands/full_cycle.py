"""`noctui full-cycle`: one poll, then days, weeks and months: what a timer runs where no screen does."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.commands import aggregate, codes, collect, headless
from noctui.commands.arguments import OneLine
from noctui.commands.arguments import headless as headless_arguments
from noctui.commands.demo_past import fill_past
from noctui.commands.headless import Run
from noctui.runtime.headless import Stopped, known_folder
from noctui.runtime.headless_aggregate import GRAINS

NAME = "full-cycle"
CLOUD = ("refused", "unreachable", "resting")
"""What is wrong with the cloud does not keep what is there from being added up."""


def main(words: Sequence[str]) -> int:
    """Run `noctui full-cycle` with the words after it; its exit code: that of the first part that was not all well."""
    made = OneLine(
        prog="noctui full-cycle",
        parents=[headless_arguments()],
        description="One poll into history, then the days, weeks and months that are over.",
        epilog="When Mist cannot be asked, what is there is added up all the same. Exit codes: docs/headless.md.",
    )
    aggregate.add_since(made)
    return headless.main(NAME, made, words, work)


async def work(run: Run) -> int:
    run.args.watch = False
    since = aggregate.since_of(run)
    collect.check(run)
    if run.dry:
        await collect.plan(run)
        if _has_history(run):
            for word in GRAINS:
                await aggregate.one_grain(run, word, since)
        return codes.OK
    run.begin_log()
    parts = {word: aggregate.aggregation_of(run, word, since) for word in GRAINS}
    for part in parts.values():
        part.look()  # a poll makes what is over, too
    code = await _collected(run)
    await fill_past(run)
    for word, part in parts.items():
        found = await aggregate.one_grain(run, word, since, part)
        code = code or found
    run.telling.event("full-cycle.run", "Done." if not code else "Done, not all of it well.", code=code)
    return code


async def _collected(run: Run) -> int:
    """The poll's exit code. Raises Stopped: nothing can follow it."""
    try:
        landed = await collect.collect(run)
    except Stopped as stopped:
        if stopped.kind not in CLOUD or not _has_history(run):
            raise
        return headless.failed(run.telling, "collect", stopped)
    return codes.PARTIAL if landed.missing else codes.OK


def _has_history(run: Run) -> bool:
    folder = known_folder(run.settings)
    return folder is not None and (folder / "history.db").is_file()
