"""How many examples a property is tried with: a third in the usual suite, all of them in `make soak`."""

from __future__ import annotations

from hypothesis import settings

WHOLE = 100
"""Hypothesis's own number."""


def some(whole: int) -> int:
    """As many of `whole` as the profile in force has of its own; a few at least."""
    return max(min(8, whole), round(whole * settings().max_examples / WHOLE))
