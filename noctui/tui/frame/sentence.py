"""Row 2: the headline of the screen, or the filter that is on and what it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from noctui.model.headline import Clause, Headline
from noctui.model.words import Severity
from noctui.tui.look.numbers import clock, duration_prose
from noctui.tui.look.signs import Signs, severity_role, word
from noctui.tui.runs import Line, Run, crop, width_of

if TYPE_CHECKING:
    from noctui.model.status import Status


_SIGNS = Signs()
_WORDS = {s: s.word for s in Severity} | {Severity.MAINTENANCE: "maint"}


def headline_line(headline: Headline, width: int, grey: bool = False) -> Line:
    """The sentence with its sign. Where it does not fit its short form does, else clauses are dropped from the right;
    the first is cut if it must be."""
    role = severity_role(headline.severity).split()[0]
    if headline.sign == "failover":
        sign: Run = (_SIGNS.standing_in, "accent bold")
    else:
        sign = (_SIGNS.severity(headline.severity), f"{role} bold")
    clauses = list(headline.clauses)
    if width_of(tuple((c.text, "") for c in clauses)) > width - 4:
        clauses = [structs.replace(c, text=c.text if c.short is None else c.short) for c in clauses]
    while len(clauses) > 1 and width_of(tuple((c.text, "") for c in clauses)) > width - 4:
        clauses.pop()
    runs: list[Run] = [(" ", "text"), sign, (" ", "text")]
    for clause in clauses:
        tone = "hi" if clause.strong else "text"
        # What is lost is said by the sign and in bold white; colour is for values that are too high, and for no data.
        lost = clause.severity in (Severity.DOWN, Severity.AWAY)
        tone = "hi" if lost else tone
        if clause.severity is not None and not lost and (not grey or clause.severity == Severity.UNKNOWN):
            tone = severity_role(clause.severity).split()[0]
        runs.append((clause.text, f"{tone} bold" if clause.strong or lost else tone))
    if len(clauses) < len(headline.clauses):
        text, tone = runs[-1]
        runs[-1] = (text.rstrip(" :;,"), tone)
    return crop(tuple(runs), width - 1)


def data_headline(status: Status, at: float, now: float, grey: bool) -> Headline | None:
    """The sentence when the data itself is the news: it is old, or nothing new can come. None while all is well."""
    if status.fault == "lost":
        first = f"No new data since {clock(at)}"
        more: list[str | Clause] = [_why(status)]
        if status.retry_at > now:
            more.append(f" Trying again in {duration_prose(status.retry_at - now)}.")
        return _unknown(first, *more, *([" Values marked ~ are old."] if grey else []))
    if status.fault == "resting":
        next_call = f" Next call {clock(status.retry_at, seconds=False)}." if status.retry_at > now else ""
        return _unknown("All tokens used their hour.", next_call, f" The screen shows {clock(at)}.")
    if status.mode == "follower" and (told := _follower(status, at, now, grey)) is not None:
        return told
    if status.warm:
        return _unknown(f"From history, {duration_prose(max(0.0, now - at) // 60 * 60)} old.", " First sweep runs.")
    if grey:
        return _unknown(f"No new data since {clock(at)}", _why(status), " Values marked ~ are old.")
    return None


def _follower(status: Status, at: float, now: float, grey: bool) -> Headline | None:
    """What keeps a follower from hearing its leader: the bus, what is on it, or that the leader is silent."""
    old = " Values marked ~ are old." if grey else ""
    why = status.bus_text.rstrip(". ")
    if status.bus == "lost":
        first, _, rest = why.partition(" ")
        reason = Clause(f": {why}.", short=f": it {rest}." if "://" in first else None) if why else "."
        shows = f" The screen shows {clock(at)}."
        return _unknown(f"The bus is lost since {clock(status.bus_since or at)}", reason, shows, old)
    if status.bus == "unread":
        return _unknown("What comes cannot be shown", f": {why}.", f" The screen shows {clock(at)}.", old)
    if status.leader_at:
        who = status.leader.partition(":")[0] or "The leader"
        heard = f"{who} was last heard {duration_prose(max(0.0, now - status.leader_at))} ago."
        after = status.successor.partition(":")[0]
        return _unknown(heard, f" {after} takes over." if after else " Nobody leads yet.", old)
    return None


def with_rest(headline: Headline, status: Status, width: int) -> Headline:
    """The sentence, and after it that a sweep lost pages, where there is room to say so too."""
    if status.fault != "partial" or not headline.clauses:
        return headline
    answered = f" {status.pages_done} of {status.pages_expected} calls answered"
    for rest in (f"{answered}: what the others tell of keeps its age.", f"{answered}."):
        clauses = (*headline.clauses, Clause(rest))
        if width_of(tuple((c.text, "") for c in clauses)) <= width - 4:
            return structs.replace(headline, clauses=clauses)
    return headline


def _why(status: Status) -> Clause:
    """The reason; where there is little room, what it comes to."""
    said = status.fault_text.rstrip(". ")
    end = said.rpartition(": ")[2]
    short = f": {end}." if " " in end else None  # `401` alone says nothing
    return Clause(f": {said}.", short=short) if said else Clause(".")


def _unknown(first: str, *more: str | Clause) -> Headline:
    rest = [Clause(part) if isinstance(part, str) else part for part in more if part]
    clauses = (Clause(first, strong=True, severity=Severity.UNKNOWN), *rest)
    return Headline(severity=Severity.UNKNOWN, clauses=clauses)


def filter_line(
    text: str, chosen: frozenset[int], matches: tuple[int, int] | None, width: int, problem: str = ""
) -> Line:
    """`filter /lumen and ● high   12 of 9,920`."""
    runs: list[Run] = [(" filter ", "dim")]
    if text:
        runs += [("/", "accent bold"), (text, "hi bold")]
    if chosen:
        if text:
            runs.append((" and ", "dim"))
        runs += _severities(chosen)
    if problem:
        runs += [("   ", "text"), (problem, "warn")]
    elif matches is not None:
        runs += [("   ", "text"), (f"{matches[0]:,}", "hi bold"), (f" of {matches[1]:,}", "text")]
    return crop(tuple(runs), width - 1)


def _severities(chosen: frozenset[int]) -> list[Run]:
    runs: list[Run] = []
    for i, severity in enumerate(sorted(chosen)):
        if i:
            runs.append((" or ", "dim"))
        role = severity_role(severity).split()[0]
        runs.append((f"{_SIGNS.severity(severity)} {_WORDS[Severity(severity)]}", f"{role} bold"))
    return runs


def nothing_matches(text: str, chosen: frozenset[int], alone: tuple[int, int] | None) -> tuple[str, ...]:
    """What an empty table says when a filter is on. `alone`: what text and severities would show each by itself."""
    lines = ["Nothing matches."]
    if text and chosen and alone is not None:
        kinds = " or ".join(f"{_SIGNS.severity(s)} {word(s)}" for s in sorted(chosen))
        lines.append(f"/{text} alone would show {alone[0]:,}, {kinds} alone {alone[1]:,}.")
    lines.append("esc removes the last filter")
    return tuple(lines)
