"""The operator's file: any order, any spelling of the table; a broken line or cell costs itself alone."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.words import Role
from noctui.sources.inventory_file import COLUMNS, FileError, Row, parse
from noctui.sources.inventory_file.cells import protected

HEADER = "site,port,carrier,carrier_circuit_id,down_mbps,up_mbps,role,sla,monthly_cost,currency,turn_up"


def problems(text: str) -> list[str]:
    return [str(p) for p in parse(text).problems]


def test_a_whole_line_is_read() -> None:
    (row,) = parse(f"{HEADER}\n0417,ge-0/0/0,Lumen,KQ/1,500,50.5,Primary,gold,1240.50,usd,2024-03-31\n").rows
    assert (row.line, row.site, row.port, row.carrier, row.carrier_circuit_id) == (
        2,
        "0417",
        "ge-0/0/0",
        "Lumen",
        "KQ/1",
    )
    assert (row.down_bps, row.up_bps, row.role) == (500e6, 50.5e6, Role.PRIMARY)
    assert (row.sla, row.monthly_cost, row.currency, row.turn_up) == ("gold", 1240.5, "USD", "2024-03-31")


def test_blank_says_nothing() -> None:
    (row,) = parse(f"{HEADER}\n0417,ge-0/0/0,,, ,,,,,,\n").rows
    assert (row.carrier, row.down_bps, row.role, row.monthly_cost, row.turn_up) == ("", 0.0, None, None, "")


@pytest.mark.parametrize("spelling", [s for c in ("site",) for s in COLUMNS[c]])
def test_every_spelling_of_the_site_is_known(spelling: str) -> None:
    assert parse(f"{spelling},port\n7,wan0\n").rows[0].site == "7"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffStore Number;WAN Port;Vendor Circuit-ID;Bandwidth (Mbps)\r\n0417;ge-0/0/0;KQ/1;500/50\r\n",
        "sep=;\nstore;port;circuit_id;mbps\n0417;ge-0/0/0;KQ/1;500/50\n",
        "bandwidth\tCID\tPORT_ID\tsite id\r500/50\tKQ/1\tge-0/0/0\t0417\r",
        'site,port,circuit_id,"speed"\n"0417","ge-0/0/0","KQ/1","500/50 Mbps"\n',
    ],
    ids=["semicolons, BOM, units", "a spreadsheet's hint", "tabs, old line ends, any order", "quotes"],
)
def test_the_same_file_as_different_programs_write_it(text: str) -> None:
    (row,) = parse(text).rows
    assert (row.site, row.port, row.carrier_circuit_id) == ("0417", "ge-0/0/0", "KQ/1")
    assert (row.down_bps, row.up_bps) == (500e6, 50e6)


def test_a_directions_own_column_counts_more_than_one_for_both() -> None:
    (row,) = parse("site,port,up_mbps,bandwidth\n1,a,20,500\n").rows
    assert (row.down_bps, row.up_bps) == (500e6, 20e6)


@pytest.mark.parametrize(("cell", "mbps"), [("1G", 1000.0), ("512k", 0.512), ("940,5", 940.5), ("100 Mbit/s", 100.0)])
def test_a_rate_may_say_its_unit(cell: str, mbps: float) -> None:
    (row,) = parse(f'site,port,down\n1,a,"{cell}"\n').rows
    assert row.down_bps == pytest.approx(mbps * 1e6)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("down_mbps", "-5", "must not be negative"),
        ("down_mbps", "nan", "is no"),
        ("down_mbps", "inf", "is no"),
        ("down_mbps", "1e99", "is no"),
        ("down_mbps", "0", "must be above 0"),
        ("down_mbps", "99999999999", "at most"),
        ("down_mbps", "1,500", "is no plain number"),
        ("down_mbps", "٣", "is no"),
        ("role", "third", "is no role"),
        ("monthly_cost", "-1", "must not be negative"),
        ("currency", "€", "is no currency"),
        ("turn_up", "31/12/2024", "YYYY-MM-DD"),
        ("turn_up", "2024-02-30", "YYYY-MM-DD"),
        ("carrier", "x" * 201, "longer than 200"),
    ],
)
def test_a_bad_cell_costs_itself_alone(column: str, cell: str, said: str) -> None:
    text = f'site,port,{column},protection_group\n1,a,"{cell}",east\n2,b,,west\n'
    found = parse(text)
    assert [r.protection_group for r in found.rows] == ["east", "west"]
    (problem,) = found.problems
    assert problem.line == 2
    assert problem.text.startswith(f"{column} '")
    assert said in problem.text


def test_a_broken_line_costs_itself_alone() -> None:
    text = 'site,port,carrier\n1,"a,Lumen\n2,b,AT\0T\n3,c,' + "x" * 10_001 + "\n4,d,a,b\n,e,Cox\n6,f,Zayo\n"
    assert [(r.line, r.site) for r in parse(text).rows] == [(7, "6")]
    assert [p.line for p in parse(text).problems] == [2, 3, 4, 5, 6]
    assert problems(text)[0] == "line 2: a quote is not closed on its line, or stands inside a cell; left out"


def test_hostile_text_is_data_and_a_message_cannot_obey_it() -> None:
    found = parse("site,port,carrier,role\n=cmd(),a,\x1b[31mLumen,\x1b]0;x\x07\n")
    assert (found.rows[0].site, found.rows[0].carrier) == ("=cmd()", "\x1b[31mLumen")
    assert all(c.isprintable() for p in found.problems for c in str(p))


def test_unknown_columns_are_said() -> None:
    assert parse("site,port,colour,,Floor\n1,a,red,,2\n").unknown == ("colour", "Floor")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("port,carrier\na,b\n", "line 1: no column for the site"),
        ("\nsite,carrier\na,b\n", "line 2: no column for the port"),
        ("site,store,port\n1,2,3\n", "line 1, column 2: 'store' means site, and so does 'site'"),
        ('"site,port\n', "quote"),
        (",".join(["site", "port", *(f"x{i}" for i in range(300))]), "200 are the most"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what(text: str, said: str) -> None:
    with pytest.raises(FileError, match=r"^[^\n]*$") as caught:
        parse(text)
    assert said in str(caught.value)


@given(st.text(max_size=300) | st.text(alphabet='site,port;\t\n\r"\0=\x1b0123456789.-/', max_size=300))
def test_any_text_is_a_file_or_a_file_error(text: str) -> None:
    for body in (text, f"site,port,down,up,role,cost,currency,turn_up,carrier\n{text}"):
        rows: tuple[Row, ...] = ()
        said = ""
        try:
            rows = parse(body).rows
        except FileError as error:
            said = str(error)
        assert "\n" not in said
        assert all(r.site and r.down_bps >= 0 and r.line > 1 for r in rows)


_CELL = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30).filter(
    lambda t: t == t.strip(" \t") and not t.startswith("'")
)


@given(
    st.lists(st.tuples(_CELL, _CELL, _CELL, st.integers(1, 10_000_000), st.sampled_from(list(Role)[:3])), max_size=8),
    st.sampled_from(",;\t"),
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, str, str, int, Role]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Site", "Port", "Carrier", "Down Mbps", "Role"])
    for site, port, carrier, mbps, role in rows:
        writer.writerow([protected(site), protected(port), protected(carrier), mbps, role.word])
    found = parse(out.getvalue())
    assert found.problems == ()
    read = [(r.site, r.port, r.carrier, round(r.down_bps / 1e6), r.role) for r in found.rows]
    assert read == rows
