"""The filter line: words, `!not`, `-fuzzy` and comparisons like `util>80`, all of which must hold; → a boolean mask.

    lumen              the text stands in some column (case does not matter), or in the severity's word
    !lumen             it stands nowhere
    -gjco              its letters stand in this order within one column
    util>80 loss>=0.5  a number of the row; an unknown value never matches
    carrier=lumen      the text stands in that column; != it does not; owner:jmo is the same
    state=open|taken   one of them does
    "grand junction"   a text with blanks

What a table can be filtered by is a `Subject`; circuits, sites and regions each make one (`noctui.tui.subjects`).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
_TOKEN = re.compile(r'[^\s"]*"[^"]*"?|\S+')
_COMPARE = re.compile(r"^([A-Za-z_][A-Za-z_0-9]*)(>=|<=|!=|>|<|=)(.*)$", re.DOTALL)
_OPERATORS: dict[str, Callable[[NDArray[np.float64], float], Mask]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
_NAMED = re.compile(r"^([A-Za-z_]+):(.*)$", re.DOTALL)
_NUMBER = re.compile(r"^(-?\d+(?:\.\d+)?)(%|ms|k|m|g|s|min|h|d)?$")
_MANY = 2000
"""Rows from which on they are searched all at once."""
_RATES = {"": 1e6, "k": 1e3, "m": 1e6, "g": 1e9}
_TIMES = {"": 60.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_ALIASES = {
    "utilisation": "util", "utilization": "util", "jitter": "jit", "latency": "lat", "flaps": "flap",
    "bandwidth": "bw", "available": "avail", "availability": "avail",
}  # fmt: skip


class FilterError(ValueError):
    """One clear line about what is wrong with the filter's text."""


class Lines:
    """One text per row, searched as a single string: a find per hit instead of a call per row."""

    def __init__(self, rows: Sequence[str]) -> None:
        clean = [row.replace("\n", " ").lower() for row in rows]
        # A lower-cased letter may be longer than it was: offsets are counted after lowering.
        lengths = np.array([len(row) + 1 for row in clean], np.int64)
        self._starts = np.concatenate(([0], np.cumsum(lengths)[:-1])) if clean else np.zeros(0, np.int64)
        self._ends = self._starts + lengths
        self._text = "\n".join(clean) + "\n"
        self._bytes: tuple[NDArray[np.uint8], NDArray[np.int64]] | None = None  # the same as bytes, and where rows end

    def __len__(self) -> int:
        return len(self._starts)

    def containing(self, needle: str) -> Mask:
        """[rows] whether the (lower-case) text stands in the row."""
        found = np.zeros(len(self), np.bool_)
        if "\n" in needle or not len(self):
            return found
        if needle and len(self) >= _MANY:
            return self._among(needle)
        text, ends = self._text, self._ends
        at = text.find(needle)
        while 0 <= at < len(text):
            row = int(np.searchsorted(ends, at, side="right"))
            if row >= len(found):
                break
            found[row] = True
            at = text.find(needle, int(ends[row]))
        return found

    def _among(self, needle: str) -> Mask:
        """The same of many rows: a letter that stands in most of them must not cost a step of Python for each."""
        if self._bytes is None:
            text = np.frombuffer(self._text.encode("utf-8", "surrogatepass"), np.uint8)
            self._bytes = text, np.flatnonzero(text == 10) + 1
        text, ends = self._bytes
        wanted = needle.encode("utf-8", "surrogatepass")
        at = np.flatnonzero(text[: len(text) - len(wanted) + 1] == wanted[0])
        for step, letter in enumerate(wanted[1:], 1):
            at = at[text[at + step] == letter]
        found = np.zeros(len(self), np.bool_)
        found[np.searchsorted(ends, at, side="right")] = True
        return found

    def fuzzy(self, letters: str) -> Mask:
        """[rows] whether the letters stand in this order within one field (fields are parted by tabs)."""
        found = np.zeros(len(self), np.bool_)
        if not letters or "\n" in letters or not len(self):
            return ~found if not letters else found
        steps = [re.escape(letters[0])]
        steps += [rf"[^\n\t{re.escape(letter)}]*{re.escape(letter)}" for letter in letters[1:]]
        pattern = re.compile("".join(steps))
        at = 0
        while (hit := pattern.search(self._text, at)) is not None:
            row = int(np.searchsorted(self._ends, hit.start(), side="right"))
            found[row] = True
            at = int(self._ends[row])
        return found


@dataclass(frozen=True)
class Subject:
    """What the rows of one table can be filtered by.

    `text` holds all text columns of a row, parted by tabs; `columns` the same by name; `numbers` values by column key
    (NaN unknown), in the unit of the column; `words[code[row]]` is the row's severity in words.
    """

    text: Lines
    columns: Mapping[str, Lines]
    numbers: Mapping[str, NDArray[np.float64]]
    words: Sequence[str]
    code: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.code)

    def saying(self, needle: str) -> Mask:
        """[rows] whether the severity's words hold the text."""
        says = np.array([needle in word for word in self.words], np.bool_)
        return np.asarray(says[self.code], np.bool_)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `kind` is text, fuzzy, number or column."""

    kind: str
    value: str
    key: str = ""
    sign: str = ""
    number: float = 0.0
    inverse: bool = False

    def mask(self, subject: Subject) -> Mask:
        if self.kind == "number":
            if self.key not in subject.numbers:
                raise FilterError(_unknown(self.key, subject))
            values = np.asarray(subject.numbers[self.key], np.float64)
            if self.sign in ("=", "!="):
                hit = np.isclose(values, self.number, rtol=0, atol=1e-9)
                return np.asarray(hit if self.sign == "=" else ~hit & ~np.isnan(values), np.bool_)
            with np.errstate(invalid="ignore"):
                return np.asarray(_OPERATORS[self.sign](values, self.number), np.bool_)
        if self.kind == "column":
            if self.key != "state" and self.key not in subject.columns:
                raise FilterError(_unknown(self.key, subject))
            found = np.zeros(len(subject), np.bool_)
            for value in [v for v in self.value.split("|") if v] or [self.value]:
                state = self.key == "state"
                found |= subject.saying(value) if state else subject.columns[self.key].containing(value)
        elif self.kind == "fuzzy":
            found = subject.text.fuzzy(self.value)
        else:
            found = subject.text.containing(self.value) | subject.saying(self.value)
        return ~found if self.inverse else found


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter: every term must hold. Without terms everything matches."""

    text: str = ""
    terms: tuple[Term, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.terms)

    def mask(self, subject: Subject) -> Mask:
        """[rows] what matches. Raises FilterError for a column that the table does not have."""
        found = np.ones(len(subject), np.bool_)
        for term in self.terms:
            found &= term.mask(subject)
        return found


def parse(text: str) -> Filter:
    """The filter that `text` says. Raises FilterError with one clear line."""
    terms = [_term(token) for token in _TOKEN.findall(text)]
    return Filter(text.strip(), tuple(t for t in terms if t is not None))


def _term(token: str) -> Term | None:
    inverse = token.startswith("!") and not token.startswith("!=")
    body = token[1:] if inverse else token
    if body.startswith("-") and len(body) > 1 and not body[1].isdigit():
        return Term("fuzzy", _plain(body[1:]), inverse=inverse)
    compare = _COMPARE.match(body)
    if compare:
        return _compare(compare[1].lower(), compare[2], compare[3], inverse)
    named = _NAMED.match(body)
    if named and named[1].lower() in TEXT_KEYS:
        return _compare(named[1].lower(), "=", named[2], inverse)
    plain = _plain(body)
    return Term("text", plain, inverse=inverse) if plain else None


def _compare(key: str, sign: str, value: str, inverse: bool) -> Term:
    key = _ALIASES.get(key, key)
    value = _plain(value)
    if not value:
        raise FilterError(f"{key}{sign} what? a value is missing")
    if key in TEXT_KEYS:
        if sign not in ("=", "!="):
            raise FilterError(f"{key} is text: write {key}={value} or {key}!={value}")
        return Term("column", value, key=key, sign=sign, inverse=inverse != (sign == "!="))
    number = _NUMBER.match(value)
    if not number:
        raise FilterError(f"{key}{sign}{value}: {value} is no number")
    scale = _scale(key, number[2] or "")
    if scale is None:
        raise FilterError(f"{key}{sign}{value}: {key} is not measured in {number[2]}")
    if inverse:
        raise FilterError(f"!{key}{sign}{value}: turn the comparison round instead")
    return Term("number", value, key=key, sign=sign, number=float(number[1]) * scale)


def _scale(key: str, unit: str) -> float | None:
    """What one of `unit` is in the column's own unit: bits/s (bare: Mbit/s), seconds (bare: minutes), or as it stands.

    None for a unit that the column is not measured in.
    """
    if key == "bw":
        return _RATES.get(unit)
    if key == "for":
        return _TIMES.get(unit)
    return 1.0 if unit in ("", "%", "ms") else None


TEXT_KEYS = ("site", "name", "region", "carrier", "role", "port", "type", "state", "owner", "source", "cause")
"""Columns that `=` searches as text; every table has some of them."""


def _plain(text: str) -> str:
    return text.replace('"', "").lower()


def _unknown(key: str, subject: Subject) -> str:
    keys = " ".join([*subject.numbers, *subject.columns, "state"])
    return f"no column {key} here; there are: {keys}"
