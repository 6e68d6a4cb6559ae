"""A line → what it asks for. Whatever is typed comes to one thing to do, or to one clear line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence

from noctui.charts.kinds import KINDS as KINDS_OF_CHARTS
from noctui.charts.kinds import MEASURES, OF_ONE, measure
from noctui.model.alarms import ACTS
from noctui.runtime.handing_over import seconds_of
from noctui.tui.commands.asked import (
    Act,
    Arrange,
    Asked,
    At,
    Choose,
    CommandError,
    Dress,
    Explain,
    Export,
    Find,
    Go,
    Live,
    Look,
    Narrow,
    Play,
    Quit,
    Save,
    See,
    Show,
    Use,
)
from noctui.tui.commands.filtering import KINDS, bare, understood
from noctui.tui.commands.here import Here
from noctui.tui.commands.names import listed
from noctui.tui.commands.times import instant
from noctui.tui.commands.verbs import Verb, named
from noctui.tui.look.text import clip
from noctui.tui.place import (
    COLLECTOR,
    ORGS,
    OVERVIEW,
    SLA,
    Place,
    of_chart,
    of_circuit,
    of_incident,
    of_month,
    of_outages,
    of_region,
    of_shift,
    of_site,
)
from noctui.tui.replay import SPEEDS
from noctui.tui.replay import USUAL as USUAL_SPEED

CORRECTED = "--corrected"
USUAL = "usual"
UNTIL = re.compile(r"^(?:(?:\d{1,3}h)?(?:\d{1,4}m(?:in)?)?(?<=[hmn])|\d{1,2}:\d{2})$", re.IGNORECASE)
"""What of a line says until when: `2h`, `1h30m`, `07:15`."""
_MONTH = re.compile(r"^20\d\d-(?:0[1-9]|1[0-2])$")
_SPEED = re.compile(r"^(\d{1,6})x$", re.IGNORECASE)


def parted(line: str) -> tuple[str, str]:
    """(the verb as it is typed, the rest)."""
    verb, _, rest = line.lstrip().lstrip(":").lstrip().partition(" ")
    return verb, rest.strip()


def decide(line: str, here: Here) -> Asked:
    """What the line asks for. Raises CommandError."""
    word, rest = parted(line)
    if not word:
        raise CommandError("what? help lists the commands")
    try:
        verb = named(word)
    except CommandError:
        if len(here.names.exact_sites(line)) == 1:  # a site's number alone can mean nothing else
            return _site(line, here)
        raise
    if verb.needs and not rest:
        raise CommandError(f"{verb.name} what? write {verb.example}")
    if not verb.takes and rest:
        raise CommandError(f"{verb.name} takes nothing after it")
    return _DO[verb.name](rest, here)


def _site(rest: str, here: Here) -> Asked:
    names = here.names
    text = rest.strip('"')
    found = names.exact_sites(text) or names.sites(text).tolist()
    if len(found) == 1:
        return Go(of_site(here.view.inventory.sites[found[0]].site_id))
    if found:
        raise CommandError(f"{len(found):,} sites: {listed([names.site_call(r) for r in found])}; say which")
    near = names.near_sites(text)
    raise CommandError(f"no site {_short(text)}" + (f"; nearest {', '.join(near)}" if near else ""))


def _circuit(rest: str, here: Here) -> Asked:
    names, circuits = here.names, here.view.inventory.circuits
    text = rest.strip('"')
    found = names.exact_circuits(text) or names.circuits(text).tolist()
    if len(found) == 1:
        return Go(of_circuit(circuits[found[0]].circuit_id))
    if found:
        raise CommandError(f"{len(found):,} circuits: {listed([names.circuit_call(r) for r in found])}; say which")
    raise CommandError(f"no circuit {_short(text)}; a site's number and its carrier will do: circuit 0417 comcast")


def _region(rest: str, here: Here) -> Asked:
    """The longest beginning that names a region; what follows is the filter there."""
    names = here.names
    text, mark, filter_ = rest.partition(" /")
    words = text.replace('"', "").split()
    for many in range(len(words), 0, -1):
        region = names.region(" ".join(words[:many]))
        if region is not None:
            left = " ".join((*words[many:], filter_)).strip() if mark else " ".join(words[many:])
            return _filtered(of_region(region), left, here, "sites")
    calls = [names.region_call(region) for region in names.regions]
    raise CommandError(f"no region {_short(rest)}; there are {listed(calls, 8)}")


def _screen(place: Place) -> Callable[[str, Here], Asked]:
    def go(rest: str, here: Here) -> Asked:
        return _filtered(place, bare(rest), here, place.kind)

    return go


def _filtered(place: Place, text: str, here: Here, kind: str) -> Go:
    if not text:
        return Go(place)
    return Go(place, understood(text, kind, here)[0].text)


def _at(rest: str, here: Here) -> Asked:
    words = rest.split()
    flags = [word for word in words if word.startswith("--")]
    for flag in flags:
        if flag != CORRECTED:
            raise CommandError(f"at knows no {_short(flag)}; {CORRECTED} shows what is known now")
    return At(instant(" ".join(word for word in words if word not in flags), here.now), bool(flags))


def _play(rest: str, here: Here) -> Asked:
    word, _, when = rest.partition(" ")
    speed, when = (USUAL_SPEED, rest) if (found := _SPEED.match(word)) is None else (int(found[1]), when.strip())
    if speed not in SPEEDS:
        raise CommandError(f"no speed {_short(word)}; there are {' '.join(f'{s}x' for s in SPEEDS)}")
    return Play(speed, instant(when, here.now) if when else None)


def _narrow(rest: str, here: Here) -> Asked:
    if here.subject is None:
        raise CommandError("nothing to filter here")
    return Narrow(understood(bare(rest), here.place.kind, here)[0].text)


def _look(rest: str, here: Here) -> Asked:
    if not here.windows:
        raise CommandError("nothing here has a window")
    word = "".join(rest.lower().split())
    if word not in here.windows:
        raise CommandError(f"no window {_short(rest)}; there are {' '.join(here.windows)}")
    return Look(word)


def _choose(rest: str, here: Here) -> Asked:
    if not here.columns:
        raise CommandError("no table here whose columns could be chosen")
    if rest.lower() == USUAL:
        return Choose(usual=True)
    by_title = {"".join(title.lower().split()): key for key, title in here.columns.items()}
    keys: list[str] = []
    for word in rest.lower().replace(",", " ").split():
        key = word if word in here.columns else by_title.get(word)
        if key is None:
            raise CommandError(f"no column {_short(word)} here; there are: {' '.join(here.columns)}")
        if key not in keys:
            keys.append(key)
    if rest and not keys:
        raise CommandError(f"{_short(rest)} names no column; there are: {' '.join(here.columns)}")
    return Choose(tuple(keys))


def _chart(rest: str, here: Here) -> Asked:
    """Of the circuit or site that one looks at, else of the network."""
    kind, found = "", None
    for word in rest.lower().split():
        if word in KINDS_OF_CHARTS and not kind:
            kind = word
        elif found is None and (found := measure(word)) is not None:
            continue
        else:
            raise CommandError(
                f"chart of what? {_short(word)} is no more to say; kinds: {', '.join(KINDS_OF_CHARTS)}; "
                f"metrics: {', '.join(MEASURES)}"
            )
    place = here.place
    if kind in OF_ONE and not place.circuit_id:
        raise CommandError(f"{kind} of which circuit? open one first; for a site or the network: many, dist")
    of = of_chart(
        site_id="" if place.circuit_id else place.site_id, circuit_id=place.circuit_id, chart=kind,
        metric=found.name if found is not None else "",
    )  # fmt: skip
    return Go(of)


def _handover(rest: str, here: Here) -> Asked:
    word = "".join(rest.lower().split()) or "8h"
    try:
        seconds_of(word)
    except ValueError as error:
        raise CommandError(str(error)) from None
    return Go(of_shift(word))


def _sla(rest: str, here: Here) -> Asked:
    """A month first, if one is named; what follows is the filter."""
    word, _, left = bare(rest).partition(" ")
    if _MONTH.match(word) or word == "running":
        return _filtered(of_month(word), left.strip(), here, "sla")
    return _filtered(SLA, bare(rest), here, "sla")


def _outages(rest: str, here: Here) -> Asked:
    """Of the circuit or site that one looks at, else of the network."""
    place = here.place
    of = of_outages(site_id="" if place.circuit_id else place.site_id, circuit_id=place.circuit_id)
    return _filtered(of, bare(rest), here, "outages")


def _dress(rest: str, here: Here) -> Asked:
    return Dress(_one_of("theme", rest, here.themes))


def _arrange(rest: str, here: Here) -> Asked:
    return Arrange(_one_of("layout", rest.lower(), here.layouts) if rest else "")


def _one_of(what: str, word: str, known: Sequence[str]) -> str:
    if word in known:
        return word
    begin = [name for name in known if name.startswith(word)]
    if len(begin) == 1:
        return begin[0]
    near = difflib.get_close_matches(word, known, 1)
    raise CommandError(
        f"no {what} {_short(word)}; " + (f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}")
    )


def _explain(rest: str, here: Here) -> Asked:
    return Explain(named(rest.split()[0].lstrip(":")).name if rest.lstrip(":") else "")


def _incident(rest: str, here: Here) -> Asked:
    """By its number, one that is over is looked for; without one, the worst that is open."""
    known = here.view.alarms.incidents
    if not rest and not known:
        raise CommandError("no incident is open; incident NUMBER opens one that is over")
    if not rest:
        return Go(of_incident(known[0].alarm_id))
    number = rest.removeprefix("#")
    found = next((a for a in known if str(a.number) == number), None)
    if found is not None:
        return Go(of_incident(found.alarm_id))
    if number.isascii() and number.isdigit() and len(number) < 10:
        return Find(int(number))
    there = f"; there are {listed([str(a.number) for a in known])}" if known else ""
    raise CommandError(f"{_short(rest)} is no number of an incident{there}")


def _act(kind: str) -> Callable[[str, Here], Asked]:
    def act(rest: str, here: Here) -> Asked:
        words = rest.split()
        all_of = bool(words) and words[0].lower() == "all"
        words = words[1:] if all_of else words
        until = ""
        if kind in ("ack", "snooze") and words and UNTIL.match(words[0]):
            until, words = words[0], words[1:]
        said = " ".join(words)
        if kind == "own":
            if not said or len(words) > 1:
                raise CommandError("own whose? one name: own jmo" if not said else "an owner is one word: own jmo")
            return Act(kind, owner=said, all_of=all_of, send=True)
        if kind in ("unack", "unsnooze"):
            if said:
                raise CommandError(f"{kind} takes nothing but all after it")
            return Act(kind, all_of=all_of)
        if all_of and kind != "note" and not said:
            raise CommandError(f"{kind} all needs a reason: {kind} all 2h fibre cut")
        return Act(kind, why=said, until=until, all_of=all_of, send=bool(said))

    return act


def _use(rest: str, here: Here) -> Asked:
    name = rest.lower()
    if name not in here.saved:
        if not here.saved:
            raise CommandError("no filter is kept yet: save NAME keeps the one that is on")
        raise CommandError(f"no filter {_short(rest)}; there are {', '.join(here.saved)}")
    return Use(name)


def _save(rest: str, here: Here) -> Asked:
    name = rest.lower()
    if not re.fullmatch(r"[\w.-]{1,24}", name):
        raise CommandError("a name is one word of at most 24 letters: save night")
    return Save(name)


def _short(text: str) -> str:
    return clip(text, 30)


_DO: dict[str, Callable[[str, Here], Asked]] = {
    "site": _site, "circuit": _circuit, "region": _region,
    **{kind: _screen(OVERVIEW if kind == "overview" else Place(kind=kind)) for kind in KINDS},
    "incident": _incident, **{kind: _act(kind) for kind in ACTS}, "seen": lambda _rest, _here: See(),
    "save": _save, "use": _use,
    "org": lambda rest, _here: Show(rest) if rest else Go(ORGS),
    "collector": lambda _rest, _here: Go(COLLECTOR), "at": _at, "live": lambda _rest, _here: Live(),
    "filter": _narrow, "window": _look, "replay": _play, "columns": _choose, "chart": _chart,
    "handover": _handover, "sla": _sla, "outages": _outages,
    "export": lambda rest, _here: Export(rest),
    "theme": _dress, "layout": _arrange, "help": _explain, "quit": lambda _rest, _here: Quit(),
}  # fmt: skip


def usage(verb: Verb) -> str:
    """`site NUMBER or NAME: opens a site`"""
    return f"{verb.usage}: {verb.help}"
