"""How a store fails."""

from __future__ import annotations


class HistoryError(Exception):
    """History cannot do what was asked (disk full, locked, damaged, newer schema …); the text is one clear line.

    The caller says it and goes on without history.
    """
