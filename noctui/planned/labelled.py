"""Notices in text with labels: `Start Date and Time: 2019-Apr-09 06:00 UTC`, in whatever words and order a carrier
has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from msgspec import structs

from noctui.model.notices import Affected, Impact, Maintenance, Source, Status, Window
from noctui.planned import fields, phrases
from noctui.planned.lines import Line
from noctui.planned.prose import alone, in_prose
from noctui.planned.providers import Provider
from noctui.planned.times import Hand, TimeError, order_in
from noctui.planned.windows import LONG, Timed, fault, windows, zone_of

MAX_CIRCUITS = 5_000

_NONE = frozenset(
    (
        "", "n a", "na", "none", "see below", "see attached", "see attachment", "tbd", "tba", "below", "unknown",
        "as below", "as follows", "listed below", "attached", "impact", "status",
    )
)  # fmt: skip
_BULLET = re.compile(r"^[\s*•·▪|>\-–]{0,10}(?:\d{1,3}[.)]\s+)?")
_NOTE = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]\s*$")
_DASHED = re.compile(r"\s+[-–—|]\s+(?=\S)|\t+| {3,}")
_IN_SUBJECT = re.compile(
    r"(?<![\w-])(?:#\s*)?((?:[A-Z]{2,12}[-_]?(?:[A-Z0-9]{1,8}[-_])?\d{3,}[\w-]*)|\d{6,14})(?![\w/:-])"
)
_NO_CIRCUIT_NEEDED = (Status.CANCELLED, Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class _Circuit:
    affected: Affected
    line: Line


def read(lines: Sequence[Line], subject: str, provider: Provider | None, part: str) -> tuple[Maintenance, ...]:
    """The planned work in these lines. Raises ReadingError, of the first line that cannot be read for sure."""
    hand = provider.hand() if provider else Hand()
    try:
        hand.order = hand.order or order_in("\n".join(x.text for x in lines))
    except TimeError as error:
        raise fault(str(error), part) from error
    hand.zone = zone_of(lines) or hand.zone
    return tuple(_one(section, lines, subject, provider, hand, part) for section in _sections(lines))


def _sections(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """One for each reference of its own with times below it; else all as one."""
    at: list[int] = []
    seen: set[str] = set()
    for i, line in enumerate(lines):
        ref = _token(line.value) if line.field == "reference" else ""
        if ref and ref.casefold() not in seen:
            seen.add(ref.casefold())
            at.append(i)
    if len(at) < 2:
        return [lines]
    cut = [lines[a:b] for a, b in zip([0, *at[1:]], [*at[1:], len(lines)], strict=True)]
    whole = [any(x.field in ("start", "window") for x in c) and any(x.field == "circuit" for x in c) for c in cut]
    return cut if all(whole) else [lines]


def _one(
    lines: Sequence[Line], whole: Sequence[Line], subject: str, provider: Provider | None, hand: Hand, part: str
) -> Maintenance:
    review: list[str] = []
    sources: list[Source] = []
    circuits = _circuits(lines, review)
    status, said = _status(subject, lines, review)
    sources.append(Source("status", "subject" if said is None else part, said.number if said else 1,
                          (said.text if said else subject).strip()[:200]))  # fmt: skip
    found = windows(lines, hand, part) or windows(alone(lines), hand, part) or in_prose(lines, hand, part)
    reference = _first(lines, "reference")
    ref = next((t for x in lines if x.field == "reference" and (t := _token(x.value))), "")
    refs = {t.casefold() for x in lines if x.field == "reference" and (t := _token(x.value))}
    if len(refs) > 1:
        review.append(f"several references; taken is {ref}")
    if reference is not None and ref:
        reference = next(x for x in lines if x.field == "reference" and _token(x.value) == ref)
        sources.append(_source("maintenance_id", reference, part))
    ids = {c.affected.circuit.casefold() for c in circuits}
    if not ref:
        near = {m for m in _IN_SUBJECT.findall(subject) if m.casefold() not in ids and not re.fullmatch(r"20\d{6}", m)}
        if len(near) == 1:
            ref = near.pop()
            sources.append(Source("maintenance_id", "subject", 1, subject[:200]))
    if not circuits and status not in _NO_CIRCUIT_NEEDED:
        raise fault("names no circuit", part)
    if not found and status not in (*_NO_CIRCUIT_NEEDED, Status.RE_SCHEDULED):
        raise fault("no start and end", part)
    if not found and status is Status.RE_SCHEDULED:
        review.append("postponed, without a new window")
    if not found and not ref:
        raise fault("names neither a window nor a reference", part)
    for timed in found:
        sources += [_source("start", timed.start, part), _source("end", timed.end, part)]
        if timed.window.end - timed.window.start > LONG:
            review.append(f"a window of {(timed.window.end - timed.window.start) / 3600:g} h")
    nights = sorted(t.window for t in found)
    if any(b.start < a.end and (a.start, a.end) != (b.start, b.end) for a, b in pairwise(nights)):
        review.append("windows that overlap")
    sources += [_source("circuit", c.line, part) for c in circuits[:50]]
    if not ref and found:
        review.append("has no reference: later notices of it cannot be told to be so")
    account, location, summary = (_first(lines, f) or _first(whole, f) for f in ("account", "location", "summary"))
    for name, line in (("account", account), ("location", location), ("summary", summary)):
        if line is not None:
            sources.append(_source(name, line, part))
    old = _superseded(lines, ref)
    if old:
        sources.append(_source("supersedes", old[1], part))
    number = next((int(x.value) for x in lines if x.field == "sequence" and re.fullmatch(r"\d{1,6}", x.value)), None)
    return Maintenance(
        provider=provider.name if provider else "",
        maintenance_id=ref,
        status=status,
        windows=_with_circuits(found, circuits),
        circuits=tuple(_once([c.affected for c in circuits], len({t.window for t in found}))),
        account=account.value[:200] if account else "",
        sequence=number,
        supersedes=(old[0],) if old else (),
        summary=summary.value[:500] if summary else "",
        location=location.value[:200] if location else "",
        zone=", ".join(hand.seen),
        sources=tuple(sources),
        review=tuple(dict.fromkeys([*review, *hand.doubts])),
    )


def _source(name: str, line: Line, part: str) -> Source:
    return Source(name, part, line.number, line.text.strip()[:200])


def _first(lines: Iterable[Line], field: str) -> Line | None:
    return next((x for x in lines if x.field == field and x.value), None)


def _token(value: str) -> str:
    """The id in a reference's value: the whole of it without blanks, else the first word with a digit."""
    for word in value[:200].split():
        bare = word.strip(".,;:()[]<>\"'#*")
        if any(c.isdigit() for c in bare) and not re.fullmatch(r"\d{1,2}[:/.-]\d{1,2}.*", bare):
            return bare[:60]
    return ""


def _status(subject: str, lines: Sequence[Line], review: list[str]) -> tuple[Status, Line | None]:
    """The subject's words, when they say more than `planned`; else a label's; else the title's; else CONFIRMED."""
    bare = re.sub(r"^(?:(?:re|fwd?|aw|wg|tr)\s*:\s*)+", "", subject, flags=re.IGNORECASE)
    by_subject = phrases.status_of(bare)
    label = next((x for f in ("status", "kind") for x in lines if x.field == f and phrases.status_of(x.value)), None)
    by_label = phrases.status_of(label.value) if label else None
    if by_subject not in (None, Status.CONFIRMED):
        assert by_subject is not None
        if by_label not in (None, Status.CONFIRMED, by_subject):
            review.append(f"the subject says {by_subject}, a label {by_label}")
        return by_subject, None
    if by_label is not None:
        return by_label, label
    for line in [x for x in lines if x.text.strip()][:8]:
        if line.field or len(line.text) > 160:
            continue
        title = phrases.status_of(line.text)
        if (
            title not in (None, Status.CONFIRMED)
            and phrases.WORK.search(line.text)
            and not phrases.superseded(line.text)
        ):
            assert title is not None
            return title, line
    return Status.CONFIRMED, None


def _circuits(lines: Sequence[Line], review: list[str]) -> list[_Circuit]:
    """Circuits in the order of the text; an impact, its length or an alias is that of the circuits just before it, or
    of all when none is before it."""
    kinds = {x.field for x in lines}
    field = "circuit" if "circuit" in kinds else "service"
    found: list[_Circuit] = []
    block: list[int] = []
    closed = False
    overall: tuple[Impact, int | None, bool] = (Impact.UNKNOWN, None, False)
    for i, line in enumerate(lines):
        if line.field == field:
            names = _named(line.value) if line.value else []
            more = [] if line.value and not line.value.endswith((",", ";")) else _below(lines, i)
            block = [] if closed else block
            closed = False
            for where, (name, note) in [(line, n) for n in names] + more:
                if len(found) == MAX_CIRCUITS:
                    review.append(f"more than {MAX_CIRCUITS} circuits")
                    return found
                block.append(len(found))
                impact, seconds, each = _noted(note) if note else overall
                found.append(_Circuit(Affected(circuit=name, impact=impact, seconds=seconds, each=each), where))
        elif line.field in ("impact", "impact_length", "alias") and line.value:
            if not found and line.field != "alias":
                overall = _impact(*overall, line)
            for at in block:
                found[at] = _told(found[at], line)
            closed = True
    return found


def _noted(note: str) -> tuple[Impact, int | None, bool]:
    return phrases.impact_of(note), phrases.length_of(note), bool(phrases.EACH.search(note))


def _impact(impact: Impact, seconds: int | None, each: bool, line: Line) -> tuple[Impact, int | None, bool]:
    length = phrases.length_of(line.value, line.field == "impact_length")
    said = phrases.impact_of(line.value) if line.field == "impact" else Impact.UNKNOWN
    if said is Impact.UNKNOWN:
        said = Impact.OUTAGE if length and impact is Impact.UNKNOWN else impact
    if said is Impact.NO_IMPACT:
        return said, None, False
    if length is None:
        return said, seconds, each
    return said, length, bool(phrases.EACH.search(line.value) or phrases.EACH.search(line.label))


def _told(circuit: _Circuit, line: Line) -> _Circuit:
    old = circuit.affected
    if line.field == "alias":
        new = structs.replace(old, aliases=(*old.aliases, line.value[:80]))
    else:
        impact, seconds, each = _impact(old.impact, old.seconds, old.each, line)
        new = structs.replace(old, impact=impact, seconds=seconds, each=each)
    return _Circuit(new, circuit.line)


def _named(value: str) -> list[tuple[str, str]]:
    """The ids in a value, each with what stands beside it (`IC-1 (outage, 2 h)`). Ids have blanks and slashes."""
    found: list[tuple[str, str]] = []
    noted = False
    for piece in _pieces(value):
        one = _id(piece)
        if one is None or (noted and not any(c.isdigit() for c in one[0])):
            continue  # `IC-1 - Dallas, TX`: the note goes on
        found.append(one)
        noted = bool(one[1])
    return found


def _pieces(value: str) -> list[str]:
    """Cut at commas and semicolons that are not in brackets."""
    found, depth, start = [], 0, 0
    for i, c in enumerate(value):
        depth += (c in "([") - (c in ")]")
        if c in ",;" and depth <= 0:
            found.append(value[start:i])
            start = i + 1
    return [*found, value[start:]]


def _id(piece: str) -> tuple[str, str] | None:
    text = _BULLET.sub("", piece).strip(" \t*_|.:")
    note = ""
    m = _NOTE.search(text)
    if m and text[: m.start()].strip():
        if phrases.impact_of(m[1]) is not Impact.UNKNOWN or phrases.length_of(m[1]):
            note = m[1]
        elif not m[0].startswith(" "):
            m = None
        if m:
            text = text[: m.start()].strip()
    dashed = _DASHED.search(text)
    if dashed and any(c.isdigit() for c in text[: dashed.start()]):
        note = note or text[dashed.end() :]
        text = text[: dashed.start()].strip()
    if not any(c.isdigit() for c in text) and ("\t" in text or len(text.split()) > 3):
        return None  # a sentence (`please refer to the attached list`), a table's head
    if fields.plain(text) in _NONE or len(text) > 80 or not any(c.isalnum() for c in text):
        return None
    return text, note


def _below(lines: Sequence[Line], at: int) -> list[tuple[Line, tuple[str, str]]]:
    """Ids in the lines below a label that stands alone: until one with a label, or an empty line after which nothing of
    their shape stands (a mail program may put an empty line between any two)."""
    found: list[tuple[Line, tuple[str, str]]] = []
    shapes: set[str] = set()
    apart = False
    for line in lines[at + 1 :]:
        text = line.text.strip()
        if not text or set(text) <= set("-=_*| "):
            apart = bool(found)
            continue
        if apart and _shape(_BULLET.sub("", text)) not in shapes:
            break
        names = [n for n in _named(text) if any(c.isdigit() for c in n[0]) and len(n[0].split()) <= 6]
        if line.field or not names or text.endswith((".", ":", "?", "!")):
            break
        found += [(line, n) for n in names]
        shapes.update(_shape(name) for name, _ in names)
    return found


def _shape(name: str) -> str:
    """`IC-99999` and `IC-1001` have the same: letters, digits and what is between them."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", name))


def _once(affected: Sequence[Affected], windows: int) -> list[Affected]:
    """Each circuit once; what is said of it again fills in what was not said before. A table that tells of it once for
    each window tells each interruption: the longest counts for all."""
    found: dict[str, Affected] = {}
    told: dict[str, list[int]] = {}
    for one in affected:
        old = found.get(one.circuit)
        if old is None or old.impact is Impact.UNKNOWN or (old.seconds is None and one.impact == old.impact):
            found[one.circuit] = one
        if one.seconds is not None:
            told.setdefault(one.circuit, []).append(one.seconds)
    for name, each in told.items() if windows > 1 else ():
        if len(each) == windows:
            found[name] = structs.replace(found[name], seconds=max(each), each=True)
    return list(found.values())


def _with_circuits(found: Sequence[Timed], circuits: Sequence[_Circuit]) -> tuple[Window, ...]:
    """Windows that take turns with circuits in the text (a table's rows, a section each) are of those alone."""
    runs: list[tuple[str, list[int]]] = []
    events = sorted(
        [(t.start.number, 0, i) for i, t in enumerate(found)] + [(c.line.number, 1, i) for i, c in enumerate(circuits)]
    )
    for _, kind, i in events:
        word = "wc"[kind]
        if not runs or runs[-1][0] != word:
            runs.append((word, []))
        runs[-1][1].append(i)
    own: dict[tuple[int, int, bool], tuple[str, ...]] = {}
    split = len(runs) >= 4 and len(runs) % 2 == 0
    if split:
        for a, b in zip(runs[::2], runs[1::2], strict=True):
            w, c = (a[1], b[1]) if a[0] == "w" else (b[1], a[1])
            for i in w:
                key = found[i].window.start, found[i].window.end, found[i].window.backup
                own[key] = tuple(dict.fromkeys((*own.get(key, ()), *(circuits[j].affected.circuit for j in c))))
    every = {c.affected.circuit for c in circuits}
    result: dict[tuple[int, int], Window] = {}
    for t in found:
        key = t.window.start, t.window.end, t.window.backup
        names = own.get(key, ())
        window = Window(start=key[0], end=key[1], backup=key[2], circuits=() if set(names) == every else names)
        if key[:2] not in result or not t.window.backup:
            result[key[:2]] = window
    return tuple(sorted(result.values()))


def _superseded(lines: Sequence[Line], ref: str) -> tuple[str, Line] | None:
    for line in lines:
        old = _token(line.value) if line.field == "supersedes" else phrases.superseded(line.text)
        if old and old != ref:
            return old, line
    return None
