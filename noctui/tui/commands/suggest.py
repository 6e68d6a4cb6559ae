"""What completes a line: at most eight suggestions, best first, each with what it is and how that stands now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from noctui.charts.kinds import KINDS as CHARTS
from noctui.charts.kinds import MEASURES, NAMES, OF_ONE
from noctui.model.alarms import ACTS
from noctui.model.view import View
from noctui.model.words import Metric, Severity
from noctui.tui.commands import times
from noctui.tui.commands.asked import CommandError
from noctui.tui.commands.decide import CORRECTED, USUAL, decide, parted, usage
from noctui.tui.commands.filtering import KINDS, bare, completions, understood
from noctui.tui.commands.here import Here
from noctui.tui.commands.verbs import VERBS, beginning, named
from noctui.tui.look.numbers import utilisation
from noctui.tui.look.signs import Signs, level_role, severity_role, word
from noctui.tui.panes import cells
from noctui.tui.replay import SPEEDS
from noctui.tui.runs import Line

MOST = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is what the line becomes; `what` it is, in words; `note` how it stands. `label` is shown in the place of
    the text."""

    text: str
    what: str
    note: Line = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """`usage` of the verb that is being typed; the suggestions; or what is wrong with the line as it is."""

    usage: str = ""
    items: tuple[Suggestion, ...] = ()
    problem: str = ""

    def ghost(self, typed: str) -> str:
        """What is missing of the first suggestion that goes on from what is typed: shown grey behind it."""
        for item in self.items:
            if typed and len(item.text) > len(typed) and item.text.lower().startswith(typed.lower()):
                return item.text[len(typed) :]
        return ""


def suggest(line: str, here: Here) -> Suggested:
    """For the line as far as it is typed. Never raises for what is typed."""
    text = line.lstrip().lstrip(":").lstrip()
    spelled, rest = parted(line)
    if " " not in text:
        return _verbs(spelled, here)
    try:
        verb = named(spelled)
    except CommandError as error:
        return Suggested(problem=str(error))
    items = tuple(_OBJECTS.get(verb.name, _nothing)(rest, here))[:MOST]
    problem = ""
    if rest and not items:
        try:
            decide(line, here)
        except CommandError as error:
            problem = str(error)
    return Suggested(usage(verb), items, problem)


def _verbs(spelled: str, here: Here) -> Suggested:
    begin = beginning(spelled)
    if spelled and not begin:
        # A number or a name without a verb is most likely a site's.
        sites = tuple(_sites(spelled, here))[:MOST]
        try:
            named(spelled)
        except CommandError as error:
            return Suggested(items=sites, problem="" if sites else str(error))
    only = usage(begin[0]) if len(begin) == 1 else "a command, and what it is about"
    shown = sorted(begin, key=lambda verb: verb.name != spelled.lower())[:MOST]
    more = len(begin) - len(shown)
    note: Line = ((f"{more} more", "dim"),) if more else ()
    items = [Suggestion(f"{v.name} " if v.takes else v.name, v.help, (), v.usage) for v in shown]
    return Suggested(only, (*items[:-1], replace(items[-1], note=note)))


def _sites(rest: str, here: Here) -> list[Suggestion]:
    names, view = here.names, here.view
    rows = names.sites(rest).tolist() if rest else _worst_sites(view)
    if rest and not rows:
        rows = names.loose_sites(rest).tolist()
    return [_site(row, here) for row in rows[:MOST]]


def _site(row: int, here: Here) -> Suggestion:
    names, site = here.names, here.view.inventory.sites[row]
    what = f"{names.towns[row]}, {names.region_call(site.region)}"
    return Suggestion(f"site {names.site_call(row)}", what, site_note(here.view, row, here.signs))


def _worst_sites(view: View) -> list[int]:
    """Dark before down, then by severity: where somebody most likely wants to go."""
    order = np.where(view.sites.dark, -1, view.sites.severity.astype(np.int16))
    return [int(row) for row in np.argsort(order, kind="stable")[:MOST]]


def site_note(view: View, row: int, signs: Signs) -> Line:
    """`▼ 1 down, » secondary`, `▼ DARK`, `· ok`."""
    if view.sites.dark[row]:
        return ((f"{signs.down} DARK", "crit bold"),)
    counts = view.sites.counts[row]
    worst = next((s for s in Severity if s < Severity.OK and counts[s]), Severity.OK)
    said = "ok" if worst == Severity.OK else f"{int(counts[worst])} {worst.word}"
    runs: list[tuple[str, str]] = [(f"{signs.severity(worst)} {said}", severity_role(worst))]
    carrying = int(view.sites.carrying[row])
    if view.sites.failed_over[row] and carrying >= 0:
        role = view.inventory.circuits[carrying].role.word
        runs += [(", ", "dim"), (f"{signs.standing_in} {role}", "accent")]
    return tuple(runs)


def _circuits(rest: str, here: Here) -> list[Suggestion]:
    view = here.view
    rows = here.names.circuits(rest).tolist() if rest else _worst_circuits(view)
    return [_circuit(row, here) for row in rows[:MOST]]


def _circuit(row: int, here: Here) -> Suggestion:
    names, inventory = here.names, here.view.inventory
    circuit, at = inventory.circuits[row], int(inventory.circuit_site[row])
    where = f", {names.towns[at]}" if at >= 0 else ""
    role = f", {circuit.role.word}" if circuit.role else ""
    note = circuit_note(here.view, row, here.signs)
    return Suggestion(f"circuit {names.circuit_call(row)}", f"{cells.carrier(circuit)}{role}{where}", note)


def _worst_circuits(view: View) -> list[int]:
    return [int(row) for row in np.argsort(view.circuits.severity, kind="stable")[:MOST]]


def circuit_note(view: View, row: int, signs: Signs) -> Line:
    """`▲ crit  93.4 %`"""
    table, severity = view.circuits, int(view.circuits.severity[row])
    state: Line = ((f"{signs.severity(severity)} {word(severity)}", severity_role(severity)),)
    used = float(np.fmax(table.rx_pct[row], table.tx_pct[row]))
    if not np.isfinite(used):
        return state
    level = cells.level_of(int(table.levels[row]), Metric.UTILISATION)
    return (*state, (f"  {utilisation(used):>5} %", level_role(level) if level else "dim"))


def _regions(rest: str, here: Here) -> list[Suggestion]:
    names, view = here.names, here.view
    found = names.regions_like(rest) if rest else [names.regions[i] for i in np.argsort(-view.regions.bad_pct)]
    return [
        Suggestion(f"region {names.region_call(region)}", f"{count:,} site{'' if count == 1 else 's'}", note)
        for region in found[:MOST]
        for count, note in [_region_note(names.regions.index(region), here)]
    ]


def _region_note(row: int, here: Here) -> tuple[int, Line]:
    table = here.view.regions
    counts = table.counts[row]
    worst = next((s for s in Severity if s < Severity.OK and counts[s]), Severity.OK)
    said = "ok" if worst == Severity.OK else f"{int(counts[worst]):,} {worst.word}"
    return int(table.sites[row]), ((f"{here.signs.severity(worst)} {said}", severity_role(worst)),)


def _filtered(verb: str, kind: str) -> Callable[[str, Here], list[Suggestion]]:
    """The screen with the filter as far as it is typed, then with its last word completed."""

    def suggestions(rest: str, here: Here) -> list[Suggestion]:
        text = bare(rest)
        out: list[Suggestion] = []
        try:
            _, left = understood(text, kind, here)
            note: Line = () if left is None else ((f"{left:,} match{'es' if left == 1 else ''}", "text"),)
            what = "filtered table" if text else VERBS[verb].help
            out.append(Suggestion(f"{verb} {text}".strip(), what, note))
        except CommandError:
            pass
        more = [Suggestion(f"{verb} {done}", what) for done, what in completions(text, kind, here, MOST)]
        return out + more if out and text else more or out

    return suggestions


def _narrowed(rest: str, here: Here) -> list[Suggestion]:
    return _filtered("filter", here.place.kind)(rest, here) if here.subject is not None else []


def _times(rest: str, here: Here) -> list[Suggestion]:
    if not rest:
        presets = ("-15m", "-1h", "-6h", "today 00:00", "-24h", "-7d")
        return [_time(preset, here)[0] for preset in presets]
    return _time(rest, here)


def _time(rest: str, here: Here) -> list[Suggestion]:
    text = " ".join(word for word in rest.split() if not word.startswith("--"))
    try:
        at = times.instant(text, here.now)
    except CommandError:
        return []
    said = times.said(at, here.now)
    then = Suggestion(f"at {text}", f"the network at {said}", (("time", "dim"),))
    now = replace(then, text=f"at {text} {CORRECTED}", what=f"the same by what is known now, {said}")
    return [then, now] if CORRECTED not in rest else [now]


def _words(verb: str, known: Callable[[Here], tuple[str, ...]], what: str) -> Callable[[str, Here], list[Suggestion]]:
    def suggestions(rest: str, here: Here) -> list[Suggestion]:
        typed = "".join(rest.lower().split())
        return [Suggestion(f"{verb} {name}", what) for name in known(here) if name.lower().startswith(typed)]

    return suggestions


def _columns(rest: str, here: Here) -> list[Suggestion]:
    words = rest.lower().replace(",", " ").split()
    done, typed = (words[:-1], words[-1]) if words and not rest.endswith((" ", ",")) else (words, "")
    if any(word not in here.columns for word in done):
        return []
    known = {**here.columns, **({USUAL: "the usual columns"} if not done else {})}
    left = {key: title for key, title in known.items() if key.startswith(typed) and key not in done}
    return [Suggestion(" ".join(("columns", *done, key)), title) for key, title in left.items()]


def _helps(rest: str, here: Here) -> list[Suggestion]:
    return [Suggestion(f"help {verb.name}", verb.help) for verb in beginning(rest)]


def _exports(rest: str, here: Here) -> list[Suggestion]:
    name = rest or f"{here.place.kind}.csv"
    return [Suggestion(f"export {name}", "into the folder of exports, unless it names another")]


def _replays(rest: str, here: Here) -> list[Suggestion]:
    word, _, when = rest.lower().partition(" ")
    if when.strip():
        return [replace(found, text=f"replay {word} {when}".strip()) for found in _time(when, here)[:1]]
    what = "of the past in each second"
    known = [(f"{s}x", f"{s} second{'s' if s > 1 else ''} {what}") for s in SPEEDS]
    return [Suggestion(f"replay {s} ", said) for s, said in known if s.startswith(word)]


def _charts(rest: str, here: Here) -> list[Suggestion]:
    """Kinds that there are of what one looks at, then metrics."""
    words = rest.lower().split()
    done, typed = (words[:-1], words[-1]) if words and not rest.endswith(" ") else (words, "")
    kinds = [k for k in CHARTS if k not in OF_ONE or here.place.circuit_id]
    known = {k: f"{NAMES[k]} of what is shown" for k in kinds} if not done else {}
    known |= {m.name: f"{m.title} {m.unit}".strip() for m in MEASURES.values()}
    if any(word not in CHARTS and word not in MEASURES for word in done) or len(done) > 1:
        return []
    found = {key: what for key, what in known.items() if key.startswith(typed)}
    return [Suggestion(" ".join(("chart", *done, key)), what) for key, what in found.items()]


def _incidents(rest: str, here: Here) -> list[Suggestion]:
    known = [a for a in here.view.alarms.incidents if str(a.number).startswith(rest.lstrip("#"))]
    return [
        Suggestion(f"incident {a.number}", a.text or a.cause,
                   ((f"{here.signs.severity(a.severity)} {a.open_members:,} circuits", severity_role(a.severity)),))
        for a in known[:MOST]
    ]  # fmt: skip


def _acts(kind: str) -> Callable[[str, Here], list[Suggestion]]:
    def suggestions(rest: str, here: Here) -> list[Suggestion]:
        if rest:
            return [Suggestion(f"{kind} {rest}", VERBS[kind].help)]
        more = [Suggestion(f"{kind} all ", "every alarm that the table shows")] if kind != "own" else []
        return [Suggestion(kind, VERBS[kind].help), *more]

    return suggestions


def _nothing(rest: str, here: Here) -> list[Suggestion]:
    return []


_OBJECTS: dict[str, Callable[[str, Here], list[Suggestion]]] = {
    "site": _sites, "circuit": _circuits, "region": _regions, "at": _times, "columns": _columns, "chart": _charts,
    "use": _words("use", lambda here: tuple(here.saved), "a filter that was kept"), "incident": _incidents,
    **{kind: _acts(kind) for kind in ACTS}, "replay": _replays, "help": _helps,
    **{kind: _filtered(kind, kind) for kind in KINDS}, "filter": _narrowed, "export": _exports,
    "window": _words("window", lambda here: here.windows, "how far to look back"),
    "theme": _words("theme", lambda here: here.themes, "other colours, at once"),
    "layout": _words("layout", lambda here: here.layouts, "of screen 1"),
}  # fmt: skip
