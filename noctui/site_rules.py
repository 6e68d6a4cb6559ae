"""Rules for the region and the store type of sites: `[[rules.region]]` and `[[rules.store_type]]` in noctui.toml.

Each rule has one or more patterns and a `value`. A pattern is a regular expression that must fit the whole text, case
aside; `group` fits when one of the site's groups does, the first in the site's own order. All patterns of a rule must
fit. The value may use what the rule's first pattern caught in brackets: `\\1`, `\\g<name>`; `\\0` is all of it. The
first rule that fits and gives a text wins; where none does, the default stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

KINDS = ("region", "store_type")
PATTERNS = ("group", "name", "country", "notes", "address")
LONGEST = 500
"""Characters of a pattern or value, and of a site's text that a pattern sees: notes may be novels."""


class Facts(Protocol):
    """What a rule may look at."""

    @property
    def name(self) -> str: ...
    @property
    def groups(self) -> tuple[str, ...]: ...
    @property
    def country(self) -> str: ...
    @property
    def notes(self) -> str: ...
    @property
    def address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SiteRule:
    """`patterns`: (key, regular expression), in the order they were written."""

    patterns: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The rules in their order."""

    region: tuple[SiteRule, ...] = ()
    store_type: tuple[SiteRule, ...] = ()


class RuleError(ValueError):
    """What is wrong with rule number `nth` (from 0) of `kind`, at `key` ("" the rule as a whole)."""

    def __init__(self, kind: str, nth: int, key: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.nth, self.key, self.text = kind, nth, key, text


def value_of(rules: Sequence[SiteRule], site: Facts) -> str:
    """What the first fitting rule gives; "" when none fits."""
    for rule in rules:
        caught = [_caught(key, pattern, site) for key, pattern in rule.patterns]
        first = caught[0] if caught else None
        if first is not None and None not in caught:
            value = first.expand(_template(rule.value)).strip()
            if value:
                return value
    return ""


def _caught(key: str, pattern: str, site: Facts) -> re.Match[str] | None:
    texts = site.groups if key == "group" else (getattr(site, key),)
    fits = (_compiled(pattern).fullmatch(text[:LONGEST]) for text in texts)
    return next((m for m in fits if m is not None), None)


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _template(value: str) -> str:
    return re.sub(r"\\0(?!\d)", r"\\g<0>", value)


def read_rules(tree: Any) -> SiteRules:
    """From the parsed `rules` table. Raises RuleError."""
    if not isinstance(tree, Mapping):
        raise RuleError("", 0, "", "rules must be tables: [[rules.region]], [[rules.store_type]]")
    for kind, rules in tree.items():
        if kind not in KINDS:
            raise RuleError(kind, 0, "", f"no rules for {kind}; there are [[rules.region]] and [[rules.store_type]]")
        if not isinstance(rules, list):
            raise RuleError(kind, 0, "", f"rules.{kind} must be written with two brackets: [[rules.{kind}]]")
    return SiteRules(*(tuple(_read(kind, nth, rule) for nth, rule in enumerate(tree.get(kind, ()))) for kind in KINDS))


def _read(kind: str, nth: int, rule: Any) -> SiteRule:
    if not isinstance(rule, Mapping):
        raise RuleError(kind, nth, "", f"rules.{kind} must be written with two brackets: [[rules.{kind}]]")
    patterns: list[tuple[str, str]] = []
    for key, text in rule.items():
        where = f"rules.{kind}.{key}"
        if key != "value" and key not in PATTERNS:
            raise RuleError(kind, nth, key, f"{where}: no such pattern; there are {', '.join(PATTERNS)}, and value")
        if not isinstance(text, str) or len(text) > LONGEST:
            raise RuleError(kind, nth, key, f"{where} must be a text of at most {LONGEST} characters")
        if key != "value":
            try:
                _compiled(text)
            except (re.error, RecursionError, OverflowError) as error:
                raise RuleError(kind, nth, key, f"{where} {text!r} is no regular expression: {error}") from None
            patterns.append((key, text))
    if "value" not in rule:
        raise RuleError(kind, nth, "", f"rules.{kind}: a rule needs a value")
    if not patterns:
        raise RuleError(kind, nth, "", f"rules.{kind}: a rule needs a pattern: {', '.join(PATTERNS)}")
    _try(kind, nth, patterns[0][1], rule["value"])
    return SiteRule(tuple(patterns), rule["value"])


def _try(kind: str, nth: int, pattern: str, value: str) -> None:
    """Does the value speak of what the pattern catches?"""
    either = re.compile(f"(?:{pattern})|", re.IGNORECASE)  # fits nothing at all, so that there is a match to try
    empty = either.match("")
    try:
        if empty is not None:
            empty.expand(_template(value))
    except (re.error, IndexError) as error:
        raise RuleError(kind, nth, "value", f"rules.{kind}.value {value!r} cannot be used: {error}") from None


def line_of(text: str, kind: str, nth: int, key: str) -> int:
    """The line of that rule's key in the file's text; of the rule, when it has no such key. From 1."""
    seen, at = -1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[\[\s*rules\s*\.\s*{re.escape(kind)}\s*\]\]", line):
            seen += 1
            if seen == nth:
                at = number
        elif at and re.match(r"\s*\[", line):
            break
        elif at and key and seen == nth and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
            return number
    if at:
        return at
    found = (n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[*\s*rules\b", line))
    return next(found, 1)
