"""What was announced against what happened, window by window and carrier by carrier."""

from __future__ import annotations

import pytest
from msgspec import structs

from noctui.model.notices import Status
from noctui.model.works import Outage, Work
from noctui.planned import accuracy as words
from noctui.planned.accuracy import Measured, accuracy, measured
from noctui.planned.standing import Standing
from tests.planned.made import chain, work

TWO = chain([("Zayo", "IC-1")], [("Zayo", "IC-2")])
DAY = 86_400


def one(
    *outages: Outage, at: int = 90_000, life: tuple[Work, ...] = (), seconds: int | None = 600, **more: object
) -> Measured:
    """A window of [10,000, 20,000) for two circuits, announced a day before at −80,000."""
    given: dict[str, object] = {"known_at": -80_000, "seconds": seconds, **more}
    newest = work("CHG-1", [(10_000, 20_000)], ["IC-1", "IC-2"], version=1 + len(life), **given)  # type: ignore[arg-type]
    stand = Standing().of((newest,), TWO)
    (found,) = measured(stand, {newest.maintenance.key: (*life, *stand)}, outages, at)
    return found


def out(circuit: int, began: int, ended: int | None) -> Outage:
    return Outage(circuit_id=f"s{circuit}:0", began=began, ended=ended)


def test_down_for_as_long_as_was_told_at_equality() -> None:
    found = one(out(0, 11_000, 11_600), out(1, 12_000, 12_060))
    assert (found.word, found.circuits, found.hit) == (words.AS_TOLD, 2, 2)
    assert (found.announced, found.down, found.over, found.longest, found.notice) == (1200, 660, 0, 600, 90_000)


def test_a_second_longer_is_longer() -> None:
    assert one(out(0, 11_000, 11_601)).word == words.LONGER


@pytest.mark.parametrize(("ended", "word", "over"), [(20_000, words.LONGER, 0), (20_001, words.OVERRAN, 1)])
def test_beyond_the_end_of_its_window(ended: int, word: str, over: int) -> None:
    found = one(out(0, 19_000, ended))
    assert (found.word, found.down, found.over) == (word, 1000, over)


def test_what_is_still_down_counts_up_to_now() -> None:
    assert (one(out(0, 19_000, None), at=21_000).over, one(out(0, 19_000, None), at=19_500).over) == (1000, 0)


def test_what_began_before_the_window_is_not_put_down_to_it() -> None:
    found = one(out(0, 9000, 25_000))
    assert (found.down, found.over) == (10_000, 0)


def test_nothing_went_down_or_nothing_has_happened_yet() -> None:
    assert one().word == words.NOTHING
    assert one(at=9999).word == words.TO_COME
    assert one(at=10_000).word == words.RUNNING
    assert one(status=Status.TENTATIVE).word == words.UNSURE
    assert one(status=Status.CANCELLED).word == words.OFF


def test_an_impact_that_is_not_told_is_not_known_and_never_exceeded() -> None:
    found = one(out(0, 11_000, 19_000), seconds=None)
    assert (found.announced, found.word) == (None, words.AS_TOLD)


def test_notice_is_counted_from_the_first_notice_of_these_times() -> None:
    before = work("CHG-1", [(5000, 9000)], ["IC-1"], known_at=-500_000)
    same = work("CHG-1", [(10_000, 20_000)], ["IC-1"], known_at=-30_000, version=2)
    assert one(life=(before, same), known_at=9500).notice == 40_000


def test_a_carrier_s_windows_together() -> None:
    first = one(out(0, 11_000, 11_100))
    second = structs.replace(first.work, maintenance=structs.replace(first.work.maintenance, maintenance_id="CHG-2"))
    late = structs.replace(second, late=True, maintenance=structs.replace(
        second.maintenance, maintenance_id="CHG-3", status=Status.CANCELLED))  # fmt: skip
    works = (first.work, second, late)
    moved = work("CHG-2", [(5000, 9000)], ["IC-1"])
    lives = {w.maintenance.key: (w,) for w in works} | {second.maintenance.key: (moved, second)}
    (found,) = accuracy(measured(works, lives, [out(0, 11_000, 11_100), out(1, 19_900, 20_050)], 90_000), lives)
    assert (found.carrier, found.windows, found.moved) == ("Zayo", 2, 1)
    assert dict(found.words) == {words.OVERRAN: 2, words.OFF_LATE: 1}
    assert (found.told, found.announced, found.took, found.down, found.over) == (2, 2400, 500, 400, 100)
    assert found.notice == 90_000


def test_an_interruption_told_for_two_nights_together_is_longer_in_the_night_that_uses_it_up() -> None:
    """600 s in all: 400 s in the first night, 200 s in the second are as told, a second more is not."""
    windows = [(10_000, 20_000), (30_000, 40_000)]
    nights = work("CHG-1", windows, ["IC-1", "IC-2"], known_at=-80_000, seconds=600)
    for last, word in ((30_200, words.AS_TOLD), (30_201, words.LONGER)):
        outages = (out(0, 11_000, 11_400), out(0, 30_000, last))
        for each, second in ((False, word), (True, words.AS_TOLD)):
            circuits = tuple(structs.replace(c, each=each) for c in nights.maintenance.circuits)
            told = structs.replace(nights, maintenance=structs.replace(nights.maintenance, circuits=circuits))
            found = measured(Standing().of((told,), TWO), {}, outages, 90_000)
            assert [m.word for m in found] == [words.AS_TOLD, second]
            assert [m.announced for m in found] == ([1200, 1200] if each else [None, None])
