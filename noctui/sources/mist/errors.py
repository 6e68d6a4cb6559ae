# ruff: noqa: N818 - named after the condition, as the screen words it
"""What can go wrong with Mist, each as one clear line without secrets: no query, no token but its last four signs."""

from __future__ import annotations


class MistError(Exception):
    """Base of all. `str(error)` is one line fit for the screen."""


class SettingsError(MistError):
    """The settings cannot work: an unknown host, no token, an org that must be chosen."""


class Passing(MistError):
    """May be gone at the next try: 5xx, resets, timeouts, answers cut off."""


class Unreachable(Passing):
    """No answer: refused, reset, timed out, no name."""


class Unavailable(Passing):
    """Mist answered 5xx (or 408)."""


class Garbled(Passing):
    """The answer is not what it should be: cut off, no JSON, another shape, far too long."""


class Rejected(MistError):
    """Mist answered 4xx or a redirect: trying again gives the same."""

    def __init__(self, line: str, status: int) -> None:
        super().__init__(line)
        self.status = status


class TokenRefused(MistError):
    """401 for the only token asked."""


class AllTokensRefused(MistError):
    """No token is left that Mist accepts."""


class AllTokensRest(MistError):
    """Every accepted token has used its hour; the first is free at `until` (UTC epoch seconds)."""

    def __init__(self, line: str, until: float) -> None:
        super().__init__(line)
        self.until = until
