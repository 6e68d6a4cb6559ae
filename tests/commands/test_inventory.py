"""`noctui inventory`: a template that reads back as what is known, a check whose exit code a script can use."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec
import pytest

from noctui.commands import inventory as command
from noctui.model.inventory import Inventory
from noctui.model.words import BandwidthSource
from noctui.resources import folder
from noctui.runtime.overlay_match import match
from noctui.sim.demo import SEED
from noctui.sim.discovery import inventory as discovered
from noctui.sim.world import World
from noctui.sources.inventory_file import parse, read


@lru_cache
def known(sites: int = 240) -> Inventory:
    return discovered(World(SEED, sites, anchor=1_763_856_000.0).network, 1_763_856_000.0)


def test_the_sample_fits_the_demo_and_shows_one_problem() -> None:
    file = read(folder("sample_data") / "inventory.csv")
    told = match(file, known().sites, known().circuits)
    assert (told.lines, told.matched) == (8, 7)
    assert [str(p) for p in told.problems] == ["line 9: no site '9999'"]
    assert file.unknown == ()


def test_a_template_names_every_circuit_and_reads_back_as_what_is_known() -> None:
    inventory = known()
    told = match(parse("\n".join(command.template(inventory))), inventory.sites, inventory.circuits)
    assert told.problems == ()
    assert told.without == 0
    for circuit in inventory.circuits:
        row = told.rows[circuit.circuit_id]
        assert (row.down_bps, row.up_bps, row.role, row.carrier) == (
            circuit.down_bps, circuit.up_bps if circuit.up_source >= BandwidthSource.SPEEDTEST else 0.0,
            circuit.role, circuit.carrier,
        )  # fmt: skip


def test_a_template_is_harmless_to_a_spreadsheet_whatever_sites_are_called() -> None:
    inventory = known(8)
    first = msgspec.structs.replace(inventory.sites[0], name='=HYPERLINK("x")', number="", region="@SUM(A1)")
    hostile = msgspec.structs.replace(inventory, sites=(first, *inventory.sites[1:]))
    lines = command.template(hostile)
    assert not [cell for line in lines for cell in line.split(",") if cell.strip('"').startswith(("=", "@", "+", "-"))]
    told = match(parse("\n".join(lines)), hostile.sites, hostile.circuits)
    assert told.regions[first.site_id] == "@SUM(A1)"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("site,port,down\n0417,wan0,100\n", command.OK, "format only"),
        ("site,port,down\n0417,wan0,fast\n", command.PARTIAL, "line 2: down_mbps 'fast'"),
        ("colour\nred\n", command.FAILED, "no column for the site"),
    ],
)
def test_without_a_history_the_format_alone_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, code: int, said: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "inventory.csv"
    path.write_text(text)
    assert command.main(["check", str(path), "--data", str(tmp_path / "data")]) == code
    told = capsys.readouterr()
    assert said in told.out + told.err
    assert not (tmp_path / "data").exists()


def test_no_file_is_a_matter_of_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert command.main(["check", "--data", str(tmp_path)]) == command.USAGE
    assert "inventory.file" in capsys.readouterr().err
    assert command.main(["template", "--data", str(tmp_path)]) == command.FAILED
