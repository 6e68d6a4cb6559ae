"""Help about one command: what it takes, what it does, how it may be written."""

from __future__ import annotations

from noctui.tui.commands.verbs import VERBS
from noctui.tui.runs import Line

_MORE: dict[str, tuple[str, ...]] = {
    "site": ("A number, a name, or the beginning of one; a number alone will do: :0417",),
    "circuit": ("Words that all stand in it: site, port, carrier, role, the carrier's own id.",),
    "region": ("What follows the name filters its sites: region mountain !ok",),
    "at": (
        "03:15 is the last one that has been; -2h and -1h30m go back from now; yesterday 14:00, mon 04:00,",
        "Nov 22 21:54, 2026-11-22T21:54 and 2026-11-22T21:54+01:00. Times are UTC, as the clock above.",
        "The past shows what was known then. --corrected shows that time by what is known now.",
    ),
    "filter": ("Words must all match: lumen, !down, -letters, util>80, carrier=lumen. On every screen with a table.",),
    "columns": ("columns alone opens the list; columns site rx for shows these, in this order; columns usual undoes.",),
    "export": (
        "Without a name: as e does. A name ending in .json or .ndjson is written so, any other as CSV.",
        "It goes into the folder of exports unless it begins with / or ~. No file is overwritten.",
    ),
    "theme": ("A file of your own in the folder themes beside noctui.toml counts too. screen.theme keeps one.",),
    "ack": (
        "Of the marked rows, else of the one under the cursor; all: of every alarm that the table shows.",
        "UNTIL is 2h, 90m or 07:15 (UTC), at most 24h ahead, 4h if none is named. Without a reason a form asks for it.",
        "An incident speaks for its members. It waits again when it is worse, or for a new reason.",
    ),
    "snooze": ("As ack, but nobody works on it: out of sight until then, or until it is worse.",),
    "use": ("save NAME keeps the filter that is on, with the severities chosen above; use goes to its screen.",),
    "window": ("1h 3h 12h 24h 7d 31d 13mo, where the screen looks back so far.",),
}  # fmt: skip
_MORE["sla"] = (
    "Without a month the periods that run; 2026-10 that month, as w goes through them. What follows is the filter:",
    "broken, breaks, risk, unsure, met, used>80, left<30 (minutes), carrier=lumen.",
)
_MORE["outages"] = (
    "Of the circuit or site that is open, else of the network; for>30 is in minutes, cause=zayo the work.",
)
_MORE["maintenance"] = (
    "now, confirmed, tentative, moved, unmatched, done, cancelled, conflict, circuits>10, site=0417.",
)
for _kind in ("circuits", "sites", "offenders", "alarms", "mist", "overview", "mails"):
    _MORE[_kind] = ("What follows is the filter there: words, !word, -letters, util>80, carrier=lumen.",)


def about(name: str) -> list[Line]:
    """The page of this verb."""
    verb = VERBS[name]
    lines: list[Line] = [((f":{verb.usage}", "accent bold"), (f"   {verb.help}", "text")), ()]
    lines += [((text, "text"),) for text in _MORE.get(name, ())]
    if verb.example:
        lines += [(), (("for instance  ", "dim"), (f":{verb.example}", "hi"))]
    return lines
