"""What another program called the commands that work without a screen (facts/predecessors.md 1.0): the one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ALIASES: Mapping[str, str] = {
    "--collect": "collect", "--aggregate": "aggregate", "--full-cycle": "full-cycle", "--sync": "sync",
    "--test": "check",
}  # fmt: skip
"""Flag → our word. What stands beside it (`--start`, `--end`, `--dry-run`, `--verbose`, `daily`) is called the same."""


class AliasError(ValueError):
    """One clear line."""


def translated(words: Sequence[str]) -> list[str]:
    """`--collect --start X` as `collect --start X`; all else as it is. Raises AliasError: two of them at once."""
    if not words or not words[0].startswith("-"):
        return list(words)
    found: list[str] = []
    rest: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if name not in ALIASES:
            rest.append(word)
            continue
        found.append(name)
        rest += [value] if equals else []
    if not found:
        return list(words)
    if len(set(found)) > 1:
        raise AliasError(f"{' and '.join(dict.fromkeys(found))} cannot be asked for at once")
    return [ALIASES[found[0]], *rest]


def told() -> str:
    """For the help, in one line."""
    return ", ".join(f"{flag} is {word}" for flag, word in ALIASES.items())
