"""Mist's alarms in the one list: joined where ours tells the same, listed as they come where they do not."""

from __future__ import annotations

import math
import time

import pytest
from msgspec import structs

from noctui.model.alarms import MIST
from noctui.model.cloud import MistAlarm
from noctui.model.words import Severity
from tests.engine.alarms.watch import T0, Watch, shop

GATEWAY = "gw-0417"


def mist(t: float = 0.0, type: str = "gw_bad_cable", severity: str = "warn", **more: object) -> MistAlarm:
    """One as Mist tells it at `t` (seconds since T0), of the shop's gateway."""
    given: dict[str, object] = {
        "alarm_id": "m1", "type": type, "severity": severity, "opened": T0 + t, "last_seen": T0 + t,
        "known_at": T0 + t, "site_id": "0417", "gateway_ids": (GATEWAY,), **more,
    }  # fmt: skip
    return MistAlarm(**given)  # type: ignore[arg-type]


def port_down(t: float = 0.0, **more: object) -> MistAlarm:
    return mist(t, "gw_port_down", "warn", circuit_ids=("0417:1",), **more)


def test_one_that_we_do_not_tell_is_a_row_of_its_own() -> None:
    watch = Watch()
    (made,) = watch.poll(60, mist=[mist(30, text="pair 3 open", count=4)]).changed
    assert (made.key, made.source, made.type, made.mist_id) == ("mist/m1", MIST, "gw_bad_cable", "m1")
    assert (made.severity, made.text, made.count, made.opened) == (Severity.WARN, "pair 3 open", 4, T0 + 30)
    assert (made.site_id, made.region, made.waits) == ("0417", "Mountain", True)
    assert not watch.poll(120).changed  # not told again is not over
    (over,) = watch.poll(180, mist=[mist(30, known_at=T0 + 170, resolved=T0 + 150)]).changed
    assert over.cleared == T0 + 150


def test_mists_port_down_joins_our_down() -> None:
    watch = Watch()
    watch.poll(0)
    watch.poll(60, down=["0417:1"])
    (joined,) = watch.poll(120, down=["0417:1"], mist=[port_down(61)]).changed
    assert (joined.key, joined.count, joined.mist_id) == ("circuit/0417:1/down", 2, "m1")
    assert [*watch.open()] == ["circuit/0417:1/down"]
    assert not watch.poll(180, down=["0417:1"], mist=[port_down(61, last_seen=T0 + 170, known_at=T0 + 170)]).changed


def test_mist_may_be_first_its_row_waits_a_poll_and_becomes_part_of_ours() -> None:
    watch = Watch()
    (first,) = watch.poll(60, mist=[port_down(55)]).changed
    assert (first.key, first.held_by) == ("mist/m1", "confirm")
    watch.poll(120, down=["0417:1"])
    (ours,) = watch.open().values()
    assert (ours.key, ours.mist_id, ours.count) == ("circuit/0417:1/down", "m1", 2)
    over = watch.newest("mist/m1")
    assert (over.cleared, over.merged_into) == (T0 + 120, ours.alarm_id)


def test_one_that_only_mist_tells_stands_at_the_next_poll() -> None:
    watch = Watch()
    watch.poll(60, mist=[port_down(55)])
    watch.poll(120)
    assert watch.held() == {"mist/m1": ""}


def test_mists_gateway_down_joins_our_gateways() -> None:
    watch = Watch()
    both = ("0417:0", "0417:1")
    watch.poll(0, away=both)
    watch.poll(60, away=both, mist=[mist(50, "gateway_down", "critical")])
    assert watch.open()["gateway/gw-0417/away"].mist_id == "m1"
    assert "mist/m1" not in watch.open()


def test_mist_that_lags_behind_our_recovery_opens_no_second_row() -> None:
    watch = Watch()
    watch.poll(0, down=["0417:1"], mist=[port_down(0)])
    watch.poll(60)
    assert not watch.poll(120, mist=[port_down(0, last_seen=T0 + 110, known_at=T0 + 110)]).changed
    (made,) = watch.poll(660, mist=[port_down(0, last_seen=T0 + 600, known_at=T0 + 600)]).changed
    assert made.key == "mist/m1"  # ten minutes on Mist still says so: that is another matter


def test_what_is_for_information_wants_no_person() -> None:
    watch = Watch()
    assert not watch.poll(0, mist=[mist(severity="info", type="gateway_reconnected")]).changed


@pytest.mark.parametrize(
    ("told", "opened", "severity", "type", "text"),
    [
        ({"opened": T0 + 9_999}, T0 + 60, Severity.WARN, "gw_bad_cable", "gw bad cable"),
        ({"opened": math.nan, "known_at": T0 + 40}, T0 + 40, Severity.WARN, "gw_bad_cable", "gw bad cable"),
        ({"opened": 0.0, "known_at": math.inf}, T0 + 60, Severity.WARN, "gw_bad_cable", "gw bad cable"),
        ({"severity": "fatal"}, T0, Severity.UNKNOWN, "gw_bad_cable", "gw bad cable"),
        ({"severity": ""}, T0, Severity.UNKNOWN, "gw_bad_cable", "gw bad cable"),
        ({"type": "quantum_tunnel"}, T0, Severity.WARN, "quantum_tunnel", "quantum tunnel"),
        ({"type": ""}, T0, Severity.WARN, "unnamed", "unnamed"),
        ({"severity": " Critical "}, T0, Severity.CRITICAL, "gw_bad_cable", "gw bad cable"),
        ({"count": -3}, T0, Severity.WARN, "gw_bad_cable", "gw bad cable"),
    ],
)
def test_bad_input_is_listed_as_what_it_is(
    told: dict[str, object], opened: float, severity: Severity, type: str, text: str
) -> None:
    watch = Watch()
    (made,) = watch.poll(60, mist=[structs.replace(mist(), **told)]).changed
    assert (made.opened, made.severity, made.type, made.text) == (opened, severity, type, text)
    assert made.count == 1


def test_without_a_site_it_is_that_of_its_gateway_and_without_anything_it_is_still_listed() -> None:
    watch = Watch()
    lost = mist(alarm_id="m2", site_id="", gateway_ids=(), circuit_ids=("9999:0",))
    watch.poll(60, mist=[mist(site_id=""), lost])
    assert watch.open()["mist/m1"].site_id == "0417"
    assert (watch.open()["mist/m2"].site_id, watch.open()["mist/m2"].circuit_ids) == ("", ())


def test_told_twice_and_out_of_order_is_told_once() -> None:
    watch = Watch()
    new, old = mist(30, known_at=T0 + 50, resolved=T0 + 45, last_seen=T0 + 45), mist(30, known_at=T0 + 40)
    assert len(watch.poll(60, mist=[mist(30), mist(30)]).changed) == 1
    watch.poll(120, mist=[new, old])
    assert not watch.open()
    assert not watch.poll(180, mist=[old]).changed
    assert not watch.poll(240, mist=[structs.replace(old, known_at=T0 + 240)]).changed  # the old story told anew
    again = mist(30, known_at=T0 + 300, last_seen=T0 + 295)
    assert len(watch.poll(300, mist=[again]).changed) == 1  # seen since it was resolved


def test_a_restart_keeps_mists_alarms_without_being_told_again() -> None:
    watch, later = Watch(), Watch()
    watch.poll(60, mist=[mist(30)])
    watch.poll(120, down=["0417:1"], mist=[port_down(100, alarm_id="m2")])
    later.book.warm(watch.book.alarms.alarms)
    assert not later.poll(180, down=["0417:1"]).changed
    assert not later.poll(240, down=["0417:1"], mist=[port_down(100, alarm_id="m2", known_at=T0 + 230)]).changed
    (over,) = later.poll(300, down=["0417:1"], mist=[mist(30, resolved=T0 + 280, known_at=T0 + 290)]).changed
    assert over.key == "mist/m1"


def test_what_was_acknowledged_in_mist_is_taken_here_until_tomorrow() -> None:
    watch = Watch()
    watch.poll(60, mist=[mist(30)])
    acked = mist(30, known_at=T0 + 110, acked=True, acked_at=T0 + 100, acked_by="Kim Lee", note="cable ordered")
    (taken,) = watch.poll(120, mist=[acked]).changed
    assert taken.ack is not None
    assert (taken.ack.who, taken.ack.at, taken.ack.why, taken.owner) == (
        "Kim Lee", T0 + 100, "cable ordered", "Kim Lee",
    )  # fmt: skip
    assert not watch.poll(180, mist=[structs.replace(acked, known_at=T0 + 170)]).changed
    (back,) = watch.poll(240, mist=[mist(30, known_at=T0 + 230)]).changed
    assert back.waits


def test_what_mist_acknowledged_does_not_undo_what_we_did() -> None:
    watch = Watch()
    watch.poll(60, mist=[mist(30)])
    watch.act(90, "ack", watch.open()["mist/m1"])
    watch.poll(120, mist=[mist(30, known_at=T0 + 110, acked=True, acked_by="Kim Lee")])
    watch.poll(180, mist=[mist(30, known_at=T0 + 170)])
    assert watch.open()["mist/m1"].owner == "jmo"


def test_what_mist_has_not_seen_for_a_day_is_over() -> None:
    """Of most types Mist never says that they are resolved."""
    watch = Watch()
    watch.poll(0, mist=[mist(0), mist(0, alarm_id="m2")])
    watch.poll(43_200, mist=[mist(0, alarm_id="m2", last_seen=T0 + 43_000, known_at=T0 + 43_200)])
    watch.poll(90_000)
    assert [*watch.open()] == ["mist/m2"]
    over = watch.newest("mist/m1")
    assert (over.cleared, over.notes[-1].text) == (T0 + 90_000, "not seen by Mist for 1d00h: over")


def test_what_mist_told_before_a_restart_may_be_told_once_more() -> None:
    """The first poll of a term is handed all that history has of Mist: nothing of it is news."""
    watch, later = Watch(), Watch()
    told = [mist(30), port_down(61, alarm_id="m2"), mist(-90_000, alarm_id="m3", last_seen=T0 - 90_000)]
    watch.poll(60, down=["0417:1"], mist=told)
    assert {*watch.open()} == {"mist/m1", "circuit/0417:1/down"}
    watch.poll(120)
    later.book.warm(tuple(watch.versions.values()))
    assert not later.poll(180, mist=told).changed


def test_thousands_that_mist_resolves_at_once_hold_up_no_poll() -> None:
    """3,000 of them took 1.7 s when each was looked for among all the others; 0.2 s by now."""
    circuits = [c for n in range(1500) for c in shop(f"{n:04d}", "Lumen", "Comcast")]
    watch = Watch(*circuits)

    def told(t: float, **more: object) -> list[MistAlarm]:
        return [
            mist(t, "gw_port_down", alarm_id=c.circuit_id, site_id="", gateway_ids=(), circuit_ids=(c.circuit_id,),
                 opened=T0, **more)  # type: ignore[arg-type]
            for c in circuits
        ]  # fmt: skip

    watch.poll(0, mist=told(0))
    assert len(watch.open()) == 3000
    again = told(60, resolved=T0 + 50)
    began = time.process_time()
    watch.poll(60, mist=again)
    assert time.process_time() - began < 1.0
    watch.poll(120)
    assert watch.open() == {}


def test_what_was_acknowledged_in_mist_long_ago_is_not_taken_anew_by_a_restart() -> None:
    """Taken in Mist two days ago: that is over here since yesterday, whoever begins to look today."""
    watch, day = Watch(), 86_400.0
    acked = mist(
        0, known_at=T0, last_seen=T0, acked=True, acked_at=T0 - 2 * day, acked_by="Kim Lee", opened=T0 - 3 * day
    )
    (made,) = watch.poll(60, mist=[acked]).changed
    assert made.waits
    (taken,) = watch.poll(
        120, mist=[structs.replace(acked, known_at=T0 + 100, acked_by="Bo", acked_at=T0 - day / 2)]
    ).changed
    assert taken.ack is not None
    assert (taken.ack.who, taken.ack.until) == ("Bo", T0 + day / 2)
