"""What the palette finds: the actions that work where one is, and the verbs of the `:` line; nothing else. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noctui.tui.commands.verbs import VERBS
from noctui.tui.keys import EVERYWHERE, Action, offered


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `keys` as they are written, the word and what it does. Its deed is an action, or (None) a command that
    `line` begins: one that ends with a blank may go on."""

    keys: str
    word: str
    what: str
    action: Action | None = None
    line: str = ""

    @property
    def text(self) -> str:
        """What is looked through."""
        return f"{self.word} {self.what} {self.keys}".lower()


def entries(offers: tuple[str, ...]) -> tuple[Entry, ...]:
    """Of a board that offers these: its own actions in its order, those that work everywhere, then the commands."""
    actions = {a.name: a for a in (*offered(offers), *offered(EVERYWHERE)) if a.name not in ("palette", "move")}
    return (
        *(Entry(a.shown, a.word, a.help, a) for a in actions.values()),
        *(Entry(f":{v.name}", v.name, v.help, line=v.name + (" " if v.takes else "")) for v in VERBS.values()),
    )


def found(all_of: Sequence[Entry], typed: str) -> tuple[Entry, ...]:
    """Those that every typed word is in, best first: a key or word itself, one that begins so, one that holds it, one
    whose letters it has in their order. Nothing typed: all, in their order."""
    words = typed.lower().split()
    ranked = [(_rank(entry, words, typed.strip()), at, entry) for at, entry in enumerate(all_of)]
    return tuple(entry for rank, _, entry in sorted((r for r in ranked if r[0] is not None), key=lambda r: r[:2]))


def _rank(entry: Entry, words: list[str], typed: str) -> int | None:
    if not words:
        return 0
    if typed in (*entry.keys.split(), *(entry.action.keys if entry.action is not None else ())):
        return 0  # as written: `s` and `S` are two keys
    ranks = [_one(entry, word) for word in words]
    return None if None in ranks else max(rank for rank in ranks if rank is not None)


def _one(entry: Entry, word: str) -> int | None:
    name = entry.word.lower()
    if name == word:
        return 1
    if name.startswith(word) or entry.keys.lower().startswith(word):
        return 2
    if word in entry.text:
        return 3
    letters = iter(f"{entry.word} {entry.what}".lower())
    return 4 if len(word) > 1 and all(letter in letters for letter in word) else None
