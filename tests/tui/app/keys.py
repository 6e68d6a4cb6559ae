"""What a person types, as the keys that a terminal sends."""

from __future__ import annotations

from textual.keys import _character_to_key


def typed(text: str) -> list[str]:
    """A key for each character."""
    return [_character_to_key(character) for character in text]
