"""The filter's language, on the sample night and on made-up rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.words import Severity
from noctui.tui.filter import Filter, FilterError, Lines, Subject, parse
from noctui.tui.look.signs import Signs
from noctui.tui.panes import subjects
from noctui.tui.panes.region_rows import RegionRows
from noctui.tui.panes.site_rows import SiteRows
from tests import night

VIEW = night.view()
CIRCUITS = subjects.circuits(VIEW)


def found(text: str) -> list[str]:
    """Circuit ids that the filter leaves."""
    mask = parse(text).mask(CIRCUITS)
    return [VIEW.inventory.circuits[i].circuit_id for i in np.flatnonzero(mask)]


def test_a_word_is_searched_in_all_text_columns_whatever_its_case() -> None:
    assert {i.split(":")[0] for i in found("LUMEN")} == {"s0417", "s2437", "s2474", "s2548", "s2585", "s2622"}
    assert found("0417") == ["s0417:ge-0/0/0", "s0417:ge-0/0/1", "s0417:lte-0/0/0"]
    assert len(found("mountain")) == 18  # the region
    assert len(found("lte-0/0/0")) == 22  # the port


def test_a_severitys_word_is_found_in_both_spellings() -> None:
    down = int((VIEW.circuits.severity == Severity.DOWN).sum())
    assert len(found("down")) == down
    assert found("critical") == found("crit")
    assert len(found("unkn")) == 2


def test_every_term_must_hold() -> None:
    assert found("comcast critical") == [night.HOT]
    assert found("mountain !lumen !down crit") == ["s0417:ge-0/0/1", "s2511:ge-0/0/1"]
    assert found("lumen !lumen") == []


def test_letters_in_order_within_one_column() -> None:
    assert found("-grjct") == found("0417")  # GRand JunCTion
    assert "s0417:ge-0/0/0" not in found("-junlum")  # not across columns
    assert len(found("!-grjct")) == len(VIEW.circuits) - 3


def test_numbers_are_compared_in_the_columns_unit() -> None:
    util = np.fmax(VIEW.circuits.rx_pct, VIEW.circuits.tx_pct)
    assert len(found("util>80")) == int((util > 80).sum())
    assert found("rx>=93 rx<94") == [night.HOT]
    assert found("loss>=0.6") == [night.HOT]
    assert len(found("bw=50")) == len(found("bw=50m")) == 22
    assert found("bw>=0.3g bw<=0.3g") == found("bw=300")
    assert found("for<1h down") == found("for<60 down")
    assert found("flap=19") == ["s2511:ge-0/0/1"]


def test_an_unknown_value_matches_no_comparison() -> None:
    """A circuit that is down has no utilisation: neither above nor below anything."""
    assert not [i for i in found("util<1000") if VIEW.circuits.state[VIEW.inventory.circuit_row[i]] == 2]
    assert not [i for i in found("util!=5") if VIEW.circuits.state[VIEW.inventory.circuit_row[i]] == 2]


def test_one_column_can_be_named() -> None:
    assert found("carrier=at&t") == found("at&t")
    assert len(found("role=pri")) + len(found("role!=pri")) == len(VIEW.circuits)
    assert found('name="grand junction"') == found("0417")
    assert found("state=crit") == found("critical")


def test_hostile_names_are_only_text() -> None:
    assert found("[red]") == found("boston")
    assert len(found("=cmd")) == 2 or found("=cmd")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("util>", "util> what? a value is missing"),
        ("util>abc", "util>abc: abc is no number"),
        ("util>5h", "util>5h: util is not measured in h"),
        ("carrier>5", "carrier is text: write carrier=5 or carrier!=5"),
        ("!util>5", "!util>5: turn the comparison round instead"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, says: str) -> None:
    with pytest.raises(FilterError, match=r"^[^\n]+$") as error:
        parse(text)
    assert str(error.value) == says


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(FilterError, match="no column speed here; there are: util rx tx loss jit lat"):
        parse("speed>5").mask(CIRCUITS)


def test_sites_and_regions_are_filtered_by_what_they_show() -> None:
    sites = subjects.sites(VIEW, SiteRows(VIEW, Signs()))
    assert int(parse("dark").mask(sites).sum()) == 2
    assert int(parse("lumen").mask(sites).sum()) == 6
    assert int(parse("util>90").mask(sites).sum()) == 1  # 0417 is carried by a circuit at 93.4 %
    regions = subjects.regions(VIEW, RegionRows(VIEW, Signs()))
    assert int(parse("down>0").mask(regions).sum()) == 2
    assert int(parse("mou").mask(regions).sum()) == 1
    assert parse("p95>0 mean>0").mask(regions).any()  # a name may have digits


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)


@given(st.lists(words, max_size=12), words.filter(lambda w: bool(w.strip())))
def test_searching_one_string_finds_what_searching_each_row_would(rows: list[str], needle: str) -> None:
    assert Lines(rows).containing(needle.lower()).tolist() == [needle.lower() in row.lower() for row in rows]


@given(st.lists(words.filter(lambda w: "\t" not in w), max_size=12), st.text("abcxyz", min_size=1, max_size=4))
def test_fuzzy_is_a_subsequence(rows: list[str], letters: str) -> None:
    def holds(row: str) -> bool:
        rest = iter(row.lower())
        return all(letter in rest for letter in letters)

    assert Lines(rows).fuzzy(letters).tolist() == [holds(row) for row in rows]


@given(st.text(max_size=30))
def test_any_text_either_parses_or_says_why_not(text: str) -> None:
    said = ""
    try:
        assert parse(text).mask(CIRCUITS).shape == (len(VIEW.circuits),)
    except FilterError as error:
        said = str(error) or "nothing"
    assert said != "nothing"


@given(st.lists(st.sampled_from(["lumen", "!down", "util>20", "-co", "role=pri", "loss<1"]), max_size=4))
def test_terms_narrow_in_any_order(terms: list[str]) -> None:
    together = parse(" ".join(terms)).mask(CIRCUITS)
    backwards = parse(" ".join(reversed(terms))).mask(CIRCUITS)
    assert (together == backwards).all()
    for term in terms:
        assert not (together & ~parse(term).mask(CIRCUITS)).any()


@given(st.floats(0, 120, width=32), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]))
def test_comparisons_are_those_of_python(limit: float, sign: str) -> None:
    values = np.array([np.nan, 0.0, 50.0, 93.4, 120.0])
    subject = Subject(Lines([""] * 5), {}, {"util": values}, ("ok",), np.zeros(5, np.intp))
    number = f"{limit:.4f}"
    python = {"=": "==", "!=": "!="}.get(sign, sign)
    expected = [bool(v == v and eval(f"{v!r} {python} {float(number)!r}")) for v in values.tolist()]
    assert parse(f"util{sign}{number}").mask(subject).tolist() == expected


def test_no_filter_leaves_everything() -> None:
    assert not Filter()
    assert parse("  ").mask(CIRCUITS).all()
