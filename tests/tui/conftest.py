"""What holds for every test of the screen."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine may change what is drawn."""
    for name in ("NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("noctui.tui.shell.wants_ascii", lambda _environ, _encoding, forced=False: forced)
