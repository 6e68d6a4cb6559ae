"""The verbs of the `:` line by name: what each takes, and what it does in words."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from noctui.tui.commands.asked import CommandError


@dataclass(frozen=True, slots=True)
class Verb:
    """`takes` is how its object is written in help; empty where it takes none. `needs`: it is nothing without one."""

    name: str
    takes: str
    help: str
    needs: bool = False
    example: str = ""

    @property
    def usage(self) -> str:
        """`site NUMBER or NAME`"""
        return f"{self.name} {self.takes}".rstrip()


_ALL = (
    Verb("site", "NUMBER or NAME", "opens a site", True, "site 0417"),
    Verb("circuit", "SITE and PORT, CARRIER or ID", "opens a circuit", True, "circuit 0417 comcast"),
    Verb("region", "NAME [FILTER]", "the sites of a region", True, "region mountain !ok"),
    Verb("circuits", "[FILTER]", "all circuits", False, "circuits lumen !down"),
    Verb("sites", "[FILTER]", "all sites", False, "sites dark"),
    Verb("offenders", "[FILTER]", "who offends most", False, "offenders carrier=lumen"),
    Verb("alarms", "[FILTER]", "what wants a person", False, "alarms state=open"),
    Verb("mist", "[FILTER]", "alarms as Mist tells them", False, "mist gateway"),
    Verb("maintenance", "[FILTER]", "planned work of carriers", False, "maintenance zayo !cancelled"),
    Verb("mails", "[FILTER]", "carriers' mails, those that wait first", False, "mails cogent"),
    Verb("sla", "[MONTH] [FILTER]", "promises, and what is left of them", False, "sla 2026-10 broken"),
    Verb("outages", "[FILTER]", "outages here, and the work that they lie in", False, "outages carrier=lumen"),
    Verb("handover", "[SHIFT]", "what the next shift must know", False, "handover 8h"),
    Verb("incident", "[NUMBER]", "an incident and its members, also one that is over", False, "incident 8841"),
    Verb("ack", "[all] [UNTIL] [REASON]", "takes the alarms here; all: every one shown", False, "ack all 2h fibre cut"),
    Verb("unack", "[all]", "takes it back", False, "unack"),
    Verb("note", "[all] [TEXT]", "a note on the alarms here", False, "note splice crew under way"),
    Verb("own", "[all] WHO", "gives the alarms here an owner", True, "own jmo"),
    Verb("snooze", "[all] [UNTIL] [REASON]", "keeps the alarms here quiet", False, "snooze 2h nightly copy"),
    Verb("unsnooze", "[all]", "wakes them again", False, "unsnooze"),
    Verb("seen", "", "no alarm is new any more"),
    Verb("save", "NAME", "keeps the filter shown under a name", True, "save night"),
    Verb("use", "NAME", "filters by what was kept", True, "use night"),
    Verb("overview", "[FILTER]", "regions, worst first"),
    Verb("org", "[NAME]", "the orgs that are watched from here, or one of them", False, "org acme"),
    Verb("collector", "", "how the data comes in"),
    Verb("at", "TIME [--corrected]", "the network at that time", True, "at 03:15"),
    Verb("replay", "[SPEED] [TIME]", "the past as it went by; 1x, 10x, 60x, 600x", False, "replay 10x 03:15"),
    Verb("live", "", "back to now"),
    Verb("filter", "[TEXT]", "filters the table shown; nothing takes the filter off", False, "filter util>80 !backup"),
    Verb("window", "LENGTH", "how far to look back", True, "window 7d"),
    Verb("columns", "[NAMES]", "which columns, in which order; usual for the usual ones", False, "columns site rx for"),
    Verb("chart", "[KIND] [METRIC]", "a chart of the circuit, site or network shown", False, "chart heat latency"),
    Verb("export", "[FILE]", "writes the table shown as CSV, or as JSON by its name", False, "export night.csv"),
    Verb("theme", "NAME", "other colours, at once", True, "theme light"),
    Verb("layout", "[NAME]", "of screen 1: NOC, engineering, executive", False, "layout engineering"),
    Verb("help", "[COMMAND]", "the keys here, or about a command", False, "help at"),
    Verb("quit", "", "ends"),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _ALL}
_OTHER_WORDS = {"q": "quit", "exit": "quit", "now": "live"}


def named(word: str) -> Verb:
    """The verb of this name, or the only one that begins so. Raises CommandError: none, or several."""
    word = word.lower()
    if word in VERBS:
        return VERBS[word]
    if word in _OTHER_WORDS:
        return VERBS[_OTHER_WORDS[word]]
    begin = beginning(word)
    if len(begin) == 1:
        return begin[0]
    if begin:
        raise CommandError(f"{word}: {' or '.join(v.name for v in begin)}?")
    near = difflib.get_close_matches(word, VERBS, 1)
    raise CommandError(f"no command {_short(word)}" + (f"; did you mean {near[0]}?" if near else "; help lists them"))


def beginning(word: str) -> list[Verb]:
    """All verbs that begin so, in their order."""
    return [verb for verb in _ALL if verb.name.startswith(word.lower())]


def _short(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:19]}…"
