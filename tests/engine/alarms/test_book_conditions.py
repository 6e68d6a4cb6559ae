"""Conditions are kept from poll to poll: they must be what a look without a memory finds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.engine.alarms.conditions import ConditionCache, conditions_of
from noctui.engine.alarms.damping import Damper
from noctui.engine.alarms.rules import AlarmRules, Damping
from noctui.model.words import Level, Metric, Severity, State
from tests.engine.alarms.watch import T0, Watch, fell, shop

SHOPS = (*shop("0417", "Lumen", "Comcast"), *shop("0418", "Lumen", "AT&T", "Verizon"), *shop("0419", "Zayo"))
IDS = tuple(c.circuit_id for c in SHOPS)
KNOWN = st.sampled_from([State.UP, State.UP, State.DOWN, State.DISABLED])
POLL = st.tuples(
    st.tuples(*[KNOWN for _ in IDS]), st.dictionaries(st.sampled_from(IDS), st.dictionaries(
        st.sampled_from(list(Metric)), st.sampled_from(list(Level)))), st.booleans(),
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.lists(POLL, min_size=1, max_size=8), st.sampled_from([Severity.WARN, Severity.HIGH, Severity.AWAY]))
def test_a_memory_changes_nothing_of_what_is_known(
    polls: list[tuple[tuple[State, ...], dict[str, dict[Metric, Level]], bool]], least: Severity
) -> None:
    watch, rules, cache = Watch(*SHOPS), AlarmRules(least=least), ConditionCache()
    for minute, (states, levels, again) in enumerate(polls):
        view = watch.view(60.0 * minute, dict(zip(IDS, states, strict=True)), levels, {}, {}, (), silent=False)
        before = dict(cache.now)
        if again:
            cache.prime(tuple(cache.now.values()))  # as after a restart
        found = conditions_of(view, rules, cache, Damper(Damping()))
        alone = conditions_of(view, rules, ConditionCache(), Damper(Damping()))
        told = {k: (c.severity, c.text, c.cause, c.circuit_ids) for k, c in found.now.items()}
        assert told == {k: (c.severity, c.text, c.cause, c.circuit_ids) for k, c in alone.now.items()}
        assert {k for k in {**before, **found.now} if before.get(k) != found.now.get(k)} == set(found.changed)
        assert all(c.since <= view.at and c.severity <= least for c in found.now.values())


def test_what_does_not_differ_is_the_same_object() -> None:
    watch, cache, damper = Watch(*SHOPS), ConditionCache(), Damper(Damping())
    views = [watch.view(60.0 * n, {"0417:0": State.DOWN}, {}, {}, {}, (), silent=False) for n in (0, 1)]
    first = dict(conditions_of(views[0], AlarmRules(), cache, damper).now)
    again = conditions_of(views[1], AlarmRules(), cache, damper)
    assert not again.changed
    assert all(again.now[key] is condition for key, condition in first.items())


def test_many_flaps_in_a_day_are_flapping_while_one_is_of_late() -> None:
    watch, damper = Watch(*SHOPS), Damper(Damping())
    view = watch.view(0.0, {}, {}, {}, {"0417:0": 12, "0418:0": 19, "0419:0": 40}, (), silent=False)
    damper.take([fell("0417:0", -3600.0), fell("0418:0", -60.0)])
    found = conditions_of(view, AlarmRules(), ConditionCache(), damper).now
    assert {k: c.severity for k, c in found.items()} == {
        "circuit/0417:0/flapping": Severity.HIGH, "circuit/0418:0/flapping": Severity.CRITICAL,
    }  # fmt: skip
    assert found["circuit/0418:0/flapping"].since == T0


def test_a_dark_site_names_the_circuits_that_are_in_use_now_though_they_are_as_many_as_before() -> None:
    watch = Watch(*SHOPS)
    watch.poll(0, down=["0417:0"], off=["0417:1"])
    assert watch.open()["site/0417/dark"].circuit_ids == ("0417:0",)
    watch.poll(60, down=["0417:1"], off=["0417:0"])
    assert watch.open()["site/0417/dark"].circuit_ids == ("0417:1",)
