"""What is said to the collector can be read there."""

from __future__ import annotations

import tomllib
from dataclasses import replace

from noctui.promise_settings import NOTHING, Applies, PromiseSettings
from noctui.promise_toml import read_promises
from noctui.runtime.child_words import Begin, ToChild, arrived, for_collector
from noctui.runtime.frames import Unpacker, pack
from noctui.settings import Settings
from tests.whole.terminal import ROOT


def test_settings_reach_it_without_promises() -> None:
    """It scores none, where nobody asks it over a bus."""
    settings = replace(Settings(), promises=PromiseSettings(applies=(Applies(promise="gold"),)))
    frame = b"".join(bytes(part) for part in pack(Begin(for_collector(settings))))
    read = Unpacker[ToChild](ToChild).unpack(frame)
    assert isinstance(read, Begin)
    assert read.settings.promises == NOTHING
    assert read.settings.poll_seconds == settings.poll_seconds


def test_with_a_bus_they_reach_it_with_promises_since_followers_ask_for_them() -> None:
    tree = tomllib.loads((ROOT / "sample_data/noctui.toml").read_text(encoding="utf-8"))
    promises = read_promises(tree["promise"], tree["applies"])
    assert promises.promises
    settings = replace(Settings(), bus_host="bus.example", promises=promises)
    frame = b"".join(bytes(part) for part in pack(Begin(for_collector(settings))))
    read = Unpacker[ToChild](ToChild).unpack(frame)
    assert isinstance(read, Begin)
    assert arrived(read.settings.promises) == promises
