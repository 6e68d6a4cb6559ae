"""States of a time in which nobody polled come from evidence alone (DESIGN 5): what is said is true, the rest is not
known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.engine.refold import Event, Stretch
from noctui.model.words import State
from noctui.runtime.backfill_states import Buckets, Sessions, Span, fold, merged, sessions

UP, DOWN, AWAY, UNKNOWN = State.UP, State.DOWN, State.AWAY, State.UNKNOWN
STEP = 600.0
END = 6 * STEP
NOBODY = Sessions()


def buckets(signs: str, start: float = 0.0) -> Buckets:
    """One letter a bucket: `t` traffic, `0` heard without any, `.` nothing heard."""
    return Buckets(start, STEP, np.array([c != "." for c in signs]), np.array([c == "t" for c in signs]))


def told(
    signs: str, *events: Event, before: State = UNKNOWN, gateway: Sessions = NOBODY, start: float = 0.0
) -> list[Stretch]:
    return fold(start, END, before, events, gateway, buckets(signs))


def test_traffic_shows_that_the_port_was_up_and_no_event_that_it_stayed_so() -> None:
    assert told("tttttt") == [(0.0, END, UP)]
    assert told("00t000") == [(0.0, END, UP)], "heard all the time, and nothing was told of a change"


def test_without_evidence_nothing_is_known() -> None:
    assert told("000000") == []
    assert told("......") == []
    assert told("......", before=UP) == [], "behind a silent gateway a port is never up"


def test_what_a_poll_saw_just_before_holds_while_the_gateway_tells_of_no_change() -> None:
    assert told("000000", before=UP) == [(0.0, END, UP)]
    assert told("000000", before=DOWN) == [(0.0, END, DOWN)]
    assert told("000000", before=AWAY) == []


def test_port_events_are_walked_through_the_range_to_the_second() -> None:
    found = told("tt00tt", (1230.0, False), (2417.5, True))
    assert found == [(0.0, 1230.0, UP), (1230.0, 2417.5, DOWN), (2417.5, END, UP)]


def test_the_first_event_says_what_was_before_it() -> None:
    assert told("000000", (900.0, False)) == [(0.0, 900.0, UP), (900.0, END, DOWN)], "it went down, so it was up"
    assert told("000ttt", (900.0, True)) == [(0.0, 900.0, DOWN), (900.0, END, UP)], "it came up, so it was down"


def test_a_bucket_without_a_value_is_a_gap() -> None:
    assert told("tt..tt") == [(0.0, 1200.0, UP), (2400.0, END, UP)]


def test_in_a_gap_events_paint_by_the_rules_of_re_folding() -> None:
    """docs/values.md 4: each event paints to the next, the last one to the return; before a first up it was down."""
    assert told("tt..tt", (1300.0, False), (2000.0, True)) == [
        (0.0, 1200.0, UP), (1300.0, 2000.0, DOWN), (2000.0, END, UP),
    ]  # fmt: skip
    assert told("tt..tt", (2000.0, True)) == [(0.0, 1200.0, UP), (1200.0, 2000.0, DOWN), (2000.0, END, UP)]


def test_while_the_gateway_has_no_session_its_circuits_are_away() -> None:
    gateway = Sessions(away=((1300.0, 2300.0),))
    assert told("tt..tt", gateway=gateway) == [(0.0, 1200.0, UP), (1300.0, 2300.0, AWAY), (2400.0, END, UP)]
    assert told("tttttt", gateway=gateway) == [(0.0, 1300.0, UP), (1300.0, 2300.0, AWAY), (2300.0, END, UP)]


def test_a_reboot_alone_is_no_evidence_of_an_outage() -> None:
    """docs/values.md 4: without a down before the boot, the ports' own ups and downs around it say nothing."""
    gateway = Sessions(away=((1200.0, 2400.0),), boots=(2000.0,))
    flapping = ((2020.0, False), (2040.0, True))
    assert told("tt..tt", *flapping, gateway=gateway) == [
        (0.0, 1200.0, UP), (1200.0, 2400.0, AWAY), (2400.0, END, UP),
    ]  # fmt: skip
    cut = told("tt..tt", (1250.0, False), *flapping, gateway=gateway)
    assert (1250.0, 2040.0, DOWN) in cut, "a down before the boot stands"


def test_after_a_gap_the_last_event_in_it_says_what_is() -> None:
    """Also one that a boot explains: the port came up, though it carries nothing yet."""
    gateway = Sessions(away=((1200.0, 2400.0),), boots=(2000.0,))
    assert told("00..00", (2040.0, True), before=DOWN, gateway=gateway)[-1] == (2400.0, END, UP)


def test_traffic_against_the_last_word_wins_but_not_at_once() -> None:
    """What was counted late is no evidence; a bucket well after the down is."""
    late = told("tttt00", (1190.0, False))
    assert late == [(0.0, 1190.0, UP), (1190.0, 1800.0, DOWN), (1800.0, END, UP)], "the up between was never told"
    assert told("ttt000", (1190.0, False))[-1] == (1190.0, END, DOWN)


def test_only_what_lies_in_the_hole_is_said() -> None:
    found = fold(700.0, 1900.0, UP, ((650.0, False), (2000.0, False)), NOBODY, buckets("tttttt"))
    assert found == [(700.0, 1900.0, UP)]


def test_sessions_pair_words_and_ignore_what_only_repeats() -> None:
    words = [(50.0, True), (100.0, False), (150.0, False), (200.0, True), (300.0, True), (400.0, False)]
    found = sessions(words, (120.0, 990.0), 0.0, 500.0, was_away=False)
    assert found == Sessions(((100.0, 200.0), (400.0, 500.0)), (120.0,))
    assert sessions([(200.0, True)], (), 0.0, 500.0, was_away=True).away == ((0.0, 200.0),)
    assert sessions([(200.0, True)], (), 0.0, 500.0, was_away=False).away == (), "nobody said that it had gone"


instants = st.integers(1, int(END) - 1)


@st.composite
def truths(draw: st.DrawFn) -> tuple[list[Stretch], tuple[Span, ...], list[bool]]:
    """What was true: states in turn, the gateway's silences, and in which buckets an up port carried traffic."""
    turns = sorted(draw(st.sets(instants, max_size=5)))
    first = draw(st.sampled_from([UP, DOWN]))
    edges = [0.0, *map(float, turns), END]
    states = [first if i % 2 == 0 else (DOWN if first is UP else UP) for i in range(len(edges) - 1)]
    cuts = sorted(draw(st.sets(instants, max_size=4)))
    silent = tuple((float(a), float(b)) for a, b in zip(cuts[::2], cuts[1::2], strict=False))
    return (
        list(zip(edges[:-1], edges[1:], states, strict=True)),
        silent,
        draw(st.lists(st.booleans(), min_size=6, max_size=6)),
    )


def overlap(a: Span, b: Span) -> float:
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))


@given(truths(), st.booleans())
def test_what_is_said_is_true_and_while_the_gateway_is_heard_all_is_said(
    truth: tuple[list[Stretch], tuple[Span, ...], list[bool]], polled: bool
) -> None:
    """All changes are told (late ones too), sessions are told, buckets hold what was heard: then up and down are never
    said of another time than theirs, and of the time that was heard nothing is missing once anything is known of it."""
    line, silent, busy = truth
    events = [(a, state is UP) for a, _, state in line if a > 0]
    spans = [(i * STEP, (i + 1) * STEP) for i in range(6)]

    def heard_in(span: Span) -> float:
        return STEP - sum(overlap(span, s) for s in silent)

    def up_in(span: Span) -> float:
        """Seconds that it was up and heard."""
        return sum(
            overlap((max(a, span[0]), min(b, span[1])), (c, d))
            for a, b, state in line if state is UP
            for c, d in _between(silent)
        )  # fmt: skip

    heard = np.array([heard_in(s) > 0 for s in spans])
    traffic = np.array([b and up_in(s) > 0 for s, b in zip(spans, busy, strict=True)])
    before = line[0][2] if polled else UNKNOWN
    found = fold(0.0, END, before, events, Sessions(silent), Buckets(0.0, STEP, heard, traffic))

    assert found == merged(found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    for a, b, state in found:
        if state is AWAY:
            assert any(s[0] <= a and b <= s[1] for s in silent)
        else:
            assert sum(overlap((a, b), (c, d)) for c, d, was in line if was is state) == b - a, (a, b, state)
    if polled:
        said = sum(b - a for a, b, state in found if state is not AWAY)
        assert said >= END - sum(b - a for a, b in silent) - 1e-6


def _between(silent: tuple[Span, ...]) -> list[Span]:
    edges = [0.0, *(t for s in silent for t in s), END]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
