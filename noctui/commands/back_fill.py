"""`noctui collect --start --end`: the plan, the progress and the outcome of a back-fill, in words and as objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from noctui.commands import codes
from noctui.commands.headless import Run
from noctui.commands.times import said, stamp
from noctui.model.stores import HistoryError
from noctui.runtime.backfill import Backfill, BackfillError, Plan, Progress, Result
from noctui.runtime.folders import org_folder
from noctui.runtime.headless import Kind, Step, Stopped, because, known_folder
from noctui.runtime.source import SourceError

CODES: Mapping[str, int] = {
    "whole": codes.OK, "nothing": codes.OK, "partial": codes.PARTIAL, "waiting": codes.PARTIAL,
}  # fmt: skip


async def back_fill(run: Run, start: float, end: float) -> int:
    """Fill [start, end) as far as it can be; with `--dry-run` only say what would be done. Raises Stopped."""
    run.check_source()
    if not run.settings.tokens:
        raise Stopped("no token: set MIST_API_TOKEN (see .env.example), or try --demo", "usage")
    run.begin_log()
    try:
        folder = known_folder(run.settings)
        if folder is None:
            folder = org_folder(run.settings.data, await _org(run))
        async with Backfill(run.settings if run.dry else run.ready(), folder, folder.name, run.clock) as filling:
            plan = await filling.plan(start, end)
            _tell_plan(run, plan)
            if run.dry or plan.nothing:
                return codes.OK
            result = await filling.run(lambda progress: run.telling.step(_step(progress)))
            _tell_result(run, result)
            return CODES[result.outcome]
    except BackfillError as error:
        raise Stopped(error.text, _kind(error)) from error
    except SourceError as error:
        raise because(error) from error


def _kind(error: BackfillError) -> Kind:
    """What it is a matter of, by what caused it."""
    from noctui.sources.mist.errors import AllTokensRefused, Passing

    cause = error.__cause__
    if error.usage:
        return "usage"
    if error.retry_at:
        return "resting"
    if isinstance(cause, AllTokensRefused):
        return "refused"
    if isinstance(cause, Passing):
        return "unreachable"
    return "history" if isinstance(cause, HistoryError | OSError) else "failed"


async def _org(run: Run) -> str:
    """Which org the token belongs to. Raises SourceError."""
    source = run.new_source()
    try:
        return (await source.open()).org_id
    finally:
        await source.close()


def _tell_plan(run: Run, plan: Plan) -> None:
    would = "Would fill" if run.dry else "Filling"
    text = plan.nothing or (
        f"{would} {plan.seconds / 3600:,.1f} h of {said(plan.start)} to {said(plan.end)}: {plan.left:,} calls "
        f"({', '.join(f'{c.left:,} {c.kind}' for c in plan.calls)}) at {plan.an_hour:,} an hour, "
        f"some {max(1, round(plan.minutes)):,} minutes; {plan.circuits:,} circuits of {plan.gateways:,} gateways."
    )
    run.telling.event(
        "backfill.plan",
        "\n".join((text, *plan.cannot)),
        dry_run=run.dry,
        start=stamp(plan.start),
        end=stamp(plan.end),
        seconds=plan.seconds,
        holes=[
            {"start": stamp(h.start), "end": stamp(h.end), "bucket_seconds": h.grain.seconds, "buckets": h.buckets}
            for h in plan.holes
        ],
        circuits=plan.circuits,
        gateways=plan.gateways,
        calls=plan.left,
        calls_by_kind={c.kind: c.left for c in plan.calls},
        calls_an_hour=plan.an_hour,
        minutes=round(plan.minutes, 1),
        cannot=list(plan.cannot),
        nothing=plan.nothing,
    )


def _tell_result(run: Run, result: Result) -> None:
    text = (
        f"Back-fill {result.outcome}: {result.seconds / 3600:,.1f} h in {result.polls:,} polls of "
        f"{result.circuits:,} circuits, {result.series:,} series, {result.events:,} events, {result.alarms:,} alarms; "
        f"{result.calls:,} calls"
    )
    if result.failed or result.refused:
        text += f", {result.failed:,} failed, {result.refused:,} that Mist does not have"
    fields = {name: value for name, value in asdict(result).items() if name not in ("outcome", "lines")}
    run.telling.event(
        "backfill.run",
        "\n".join((f"{text}.", *result.lines)),
        status=result.outcome,
        lines=list(result.lines),
        **fields,
    )


def _step(progress: Progress) -> Step:
    what = "calls" if progress.phase == "fetching" else "days"
    text = f"{progress.phase}: {progress.done:,} of {progress.total:,} {what}" if progress.total else progress.phase
    if progress.until:
        text += f" until {said(progress.until)}"
    if progress.text:
        text += f" ({progress.text})"
    return Step(progress.phase, text, progress.done, progress.total)
