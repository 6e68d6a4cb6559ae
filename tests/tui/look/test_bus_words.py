"""What the frame says of the bus between hosts: who leads, who is silent, what is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noctui.model.status import Status
from noctui.tui.frame.frame import waiting_words
from noctui.tui.frame.header import header, right_side
from noctui.tui.frame.sentence import data_headline, headline_line

NOW = 1_763_867_647.0  # 03:14:07
FOLLOWER = Status(mode="follower", leader="noc-a:4120", bus="ok", api_used=38, api_limit=100)
LOST = "redis://bus.example:6379 cannot be reached (Connection refused)"


def said(status: Status, width: int = 120, *, at: float = NOW - 12) -> tuple[str, str]:
    """Header and sentence."""
    side = right_side(status, at, NOW)
    told = data_headline(status, at, NOW, grey=False)
    line = headline_line(told, width) if told is not None else ()
    return "".join(t for t, _ in header(("overview",), side, width)), "".join(t for t, _ in line)


@pytest.mark.parametrize(
    ("change", "right", "sentence"),
    [
        ({}, "live 10s  follows noc-a:4120  API 38%  03:14:07 UTC", ""),
        ({"mode": "leader", "leader": ""}, "live 10s  leader  API 38%", ""),
        ({"mode": "leader", "leader": "", "bus": "lost", "bus_since": NOW - 9, "bus_text": LOST},
         "live 10s  leader, bus lost  API 38%", ""),
        ({"bus": "lost", "bus_since": NOW - 7, "bus_text": LOST}, " BUS LOST 5s   follows noc-a:4120",
         "The bus is lost since 03:14:00: it cannot be reached (Connection refused). The screen shows 03:13:55."),
        ({"bus": "unread", "bus_text": "another noctui writes format 9 to the bus, this one reads 1: update"},
         " BUS UNREAD   follows noc-a:4120",
         "What comes cannot be shown: another noctui writes format 9 to the bus, this one reads 1: update."),
        ({"leader_at": NOW - 9}, " LEADER SILENT 9s   live 10s  follows noc-a:4120",
         "noc-a was last heard 9s ago. Nobody leads yet."),
        ({"leader_at": NOW - 9, "successor": "noc-b:7"}, " LEADER SILENT 9s ",
         "noc-a was last heard 9s ago. noc-b takes over."),
        ({"leader_at": NOW - 9, "leader": "", "successor": "noc-b:7"}, "follower",
         "The leader was last heard 9s ago. noc-b takes over."),
        ({"fault": "lost", "fault_text": "Mist answers 503", "bus": "lost", "bus_since": NOW - 7, "bus_text": LOST},
         "bus lost 5s", "No new data since 03:13:55"),
    ],
)  # fmt: skip
def test_each_state_has_its_words(change: dict[str, object], right: str, sentence: str) -> None:
    row, line = said(replace(FOLLOWER, **change))  # type: ignore[arg-type]
    assert right in row
    assert sentence in line
    assert bool(line) == bool(sentence)


def test_where_there_is_room_the_address_stands_too() -> None:
    lost = replace(FOLLOWER, bus="lost", bus_since=NOW - 7, bus_text=LOST)
    assert f"The bus is lost since 03:14:00: {LOST}. The screen" in said(lost, 160)[1]
    assert "03:14:00: it cannot be reached (Connection refused)." in said(lost, 80)[1]


def test_before_the_first_picture() -> None:
    """Who is waited for, or why nothing can be known."""

    def words(**change: object) -> list[str]:
        base = Status(mode="follower", fault="loading", bus="ok")
        return ["".join(t for t, _ in line) for line in waiting_words(replace(base, **change))]  # type: ignore[arg-type]

    assert words(leader="noc-a:4120") == ["Waiting for the first poll of noc-a:4120."]
    assert words(fault_text="Nobody has published on the bus yet: no leader is there.")[0].startswith("Nobody has")
    assert words(bus="lost", bus_text=LOST) == [f"Nothing is known yet: {LOST}.", "noctui goes on trying."]
    assert " BUS LOST " in "".join(
        t for t, _ in right_side(Status(mode="follower", fault="loading", bus="lost"), None, NOW)
    )
