"""What is said to the collector can be read there."""

from __future__ import annotations

from dataclasses import replace

from noctui.promise_settings import NOTHING, Applies, PromiseSettings
from noctui.runtime.child_words import Begin, ToChild, for_collector
from noctui.runtime.frames import Unpacker, pack
from noctui.settings import Settings


def test_settings_reach_it_without_promises() -> None:
    """It scores none, and they hold what no frame carries."""
    settings = replace(Settings(), promises=PromiseSettings(applies=(Applies(promise="gold"),)))
    frame = b"".join(bytes(part) for part in pack(Begin(for_collector(settings))))
    read = Unpacker[ToChild](ToChild).unpack(frame)
    assert isinstance(read, Begin)
    assert read.settings.promises == NOTHING
    assert read.settings.poll_seconds == settings.poll_seconds
