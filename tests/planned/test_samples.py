"""Every notice of sample_data/notices is read as the JSON beside it says (formats: facts/maintenance-sla.md 3.1)."""

from __future__ import annotations

import importlib
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from noctui.commands import maint
from noctui.model.notices import Outcome
from noctui.planned.reading import read
from tests.planned.notices import FOLDER, NAMES, expected, raw, told


@pytest.mark.parametrize("name", NAMES)
def test_it_is_read_as_expected(name: str) -> None:
    wanted = expected(name)
    assert told(read(raw(name)), wanted) == wanted


@pytest.mark.parametrize("name", [n for n in NAMES if expected(n)["outcome"] == "parsed"])
def test_every_field_has_the_line_it_was_read_in(name: str) -> None:
    for work in read(raw(name)).maintenances:
        fields = {s.field for s in work.sources}
        assert "status" in fields or work.status == "NO-CHANGE"
        assert not work.windows or {"start", "end"} <= fields
        assert not work.circuits or "circuit" in fields
        assert all(s.line > 0 and s.text for s in work.sources)


def test_there_are_many() -> None:
    assert len(NAMES) >= 60
    assert {Outcome(expected(n)["outcome"]) for n in NAMES} == {
        Outcome.PARSED, Outcome.IGNORED, Outcome.FAILED, Outcome.UNKNOWN_PROVIDER,
    }  # fmt: skip


def _run(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = maint.main(["parse", *words])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("sender", [[], ["--email-from", "noc@fiberprovider.com"]])
def test_the_command_prints_what_the_parser_of_its_other_name_did(
    sender: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = _run(["--input-file", str(FOLDER / "pw-labels.eml"), *sender], capsys)
    assert (code, err) == (0, "")
    assert out == (
        "{\n"
        '    "beginWindow": "2019-04-09 06:00:00+00:00",\n'
        '    "endWindow": "2019-04-09 10:00:00+00:00",\n'
        '    "impactSeconds": 10800,\n'
        '    "objectType": "maintForecastEvent",\n'
        '    "parsedVendorCircuitId": "IC-99999"\n'
        "}\n"
    )


def test_the_other_name_of_the_command_is_installed_as_a_script(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, name = scripts["mnp-parse"].partition(":")
    monkeypatch.setattr("sys.argv", ["mnp-parse", "--input-file", str(FOLDER / "pw-labels.eml")])
    assert getattr(importlib.import_module(module), name)() == 0
    assert json.loads(capsys.readouterr().out)["impactSeconds"] == 10800


def test_several_circuits_are_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(["--input-file", str(FOLDER / "pw-several.eml")], capsys)
    assert code == 0
    assert [(e["parsedVendorCircuitId"], e["impactSeconds"]) for e in json.loads(out)] == [
        ("IC-10001", 10800),
        ("IC-10002", 1800),
    ]


def test_each_circuit_has_its_own_windows_and_the_whole_one_where_no_length_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = _run(["--input-file", str(FOLDER / "html-rows-with-windows.eml")], capsys)
    assert [(e["parsedVendorCircuitId"], e["beginWindow"], e["impactSeconds"]) for e in json.loads(out)] == [
        ("MIA-01", "2026-04-02 04:00:00+00:00", 7200),
        ("MIA-02", "2026-04-03 04:00:00+00:00", 7200),
    ]


def test_of_cancelled_work_nothing_is_forecast(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["--input-file", str(FOLDER / "pw-cancelled.eml")], capsys)[1] == "[]\n"


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("no-zone", 1, 'text line 2: in which zone?: "Start: 2026-03-14 04:01"'),
        ("invoice", 1, "nothing about planned work"),
        ("unknown-sender", 3, "noc@nobody.example is no known provider's"),
        ("missing", 1, "cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_line(
    name: str, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _, err = _run(["--input-file", str(FOLDER / f"{name}.eml")], capsys)
    assert found == code
    assert says in err


def test_all_that_was_read_is_printed_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = _run(["--full", "--input-file", str(FOLDER / "pw-several.eml")], capsys)
    found = json.loads(out)
    assert found["reader"] == "labelled"
    assert {"field": "maintenance_id", "part": "text", "line": 4, "text": "PW Reference number: PW30001"} in found[
        "maintenances"
    ][0]["sources"]
