"""The user's own keys: `[keys]` of noctui.toml, by the names of the registry. What cannot be is said and left out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from textual.keys import REPLACED_KEYS, Keys, _character_to_key

from noctui.settings import OwnKey
from noctui.tui.keys import ACTIONS, Action

_NAMED = {key.value for key in Keys} | set(REPLACED_KEYS.values())
_WRITTEN = {"up": "↑", "down": "↓", "left": "←", "right": "→", "enter": "↵", "escape": "esc", "backspace": "⌫"}
_TABLES_OWN = frozenset({"pageup", "pagedown", "home", "end", "space", "ctrl+c"})
"""Keys that every table has, and the one that ends a program in need."""


def read_keymap(given: Iterable[OwnKey]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Action → keys as Textual names them, and a line for each entry that is left out, the default staying."""
    taken: dict[str, tuple[str, ...]] = {}
    wheres: dict[str, str] = {}
    said: list[str] = []
    for name, words, where in given:
        keys = tuple(dict.fromkeys(key_of(word) for word in words))
        if name not in ACTIONS:
            near = difflib.get_close_matches(name, ACTIONS, 1)
            said.append(f"{where}: no action {name}" + (f"; did you mean {near[0]}?" if near else "; see ? and README"))
        elif not keys:
            said.append(f'{where}: {name} needs a key, as in {name} = "ctrl+e"')
        elif "" in keys:
            said.append(f'{where}: {name}: no key {words[keys.index("")]!r}; as in "x", "ctrl+e", "f5"')
        else:
            taken[name], wheres[name] = keys, where
    while (clash := _clash(taken)) is not None:
        name, other, key = clash
        said.append(f"{wheres[name]}: {name}: {written(key)} is {other} already")
        del taken[name]
    return taken, said


def _clash(taken: Mapping[str, tuple[str, ...]]) -> tuple[str, str, str] | None:
    """The first of the user's actions with a key that another one has, on whatever board. Two that share a key by
    default never meet."""
    for name, keys in taken.items():
        for key in keys:
            if key in _TABLES_OWN and key not in ACTIONS[name].keys:
                return name, "the table's", key
            for other, action in ACTIONS.items():
                meets = set(ACTIONS[name].keys).isdisjoint(action.keys)
                if other != name and meets and key in taken.get(other, action.keys):
                    return name, other, key
    return None


def key_of(word: str) -> str:
    """Textual's name of a key; empty when there is none of this name."""
    word = word.strip() if len(word) > 1 else word
    if len(word) == 1:
        return _character_to_key(word) if word.isprintable() else ""
    *modifiers, last = word.lower().split("+") if not word.endswith("+") else [*word.lower()[:-2].split("+"), "+"]
    if any(m not in ("ctrl", "shift", "alt") for m in modifiers) or len(set(modifiers)) != len(modifiers):
        return ""
    name = last if len(last) > 1 else _character_to_key(last) if last.isprintable() and last else ""
    known = bool(name) and (len(last) == 1 or name in _NAMED or re.fullmatch(r"f([1-9]|1\d|2[0-4])", name) is not None)
    return "+".join([*modifiers, name]) if known else ""


def written(key: str) -> str:
    """How a key is written in footer and help: `^e`, `F5`, `x`."""
    *modifiers, name = key.split("+")
    shown = _WRITTEN.get(name) or next((c for c in map(chr, range(33, 127)) if _character_to_key(c) == name), name)
    shown = shown.upper() if re.fullmatch(r"f\d+", shown) else shown
    return "".join({"ctrl": "^", "shift": "⇧", "alt": "alt-"}[m] for m in modifiers) + shown


def rebound(action: Action, keys: tuple[str, ...]) -> Action:
    """The action with the user's keys."""
    return replace(action, keys=keys, shown=" ".join(map(written, keys)))
