"""The README keeps its word: every command in it is run here or by what is named here, every setting in it is real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.config import load
from noctui.settings import ITEMS, THRESHOLD_NAMES, Settings
from tests.whole.terminal import ROOT, Terminal

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROVEN = {
    "make demo": "test_make_runs_what_the_readme_says[demo], test_program.py",
    "make test": "test_make_runs_what_the_readme_says[test]",
    "export MIST_API_TOKEN=...": "test_a_token_and_noctui_alone_watch_an_org",
    ".venv/bin/noctui": "test_a_token_and_noctui_alone_watch_an_org",
    ".venv/bin/noctui inventory template > circuits.csv": "tests/commands/test_inventory.py",
    ".venv/bin/noctui inventory check circuits.csv": "tests/commands/test_inventory.py",
    ".venv/bin/noctui config show": "tests/config/test_show.py",
    ".venv/bin/noctui collect --watch": "test_headless.py",
    ".venv/bin/noctui full-cycle --demo": "test_headless.py",
    ".venv/bin/noctui export offenders --window 7d --metric loss --format csv --demo": "tests/commands",
    ".venv/bin/noctui chart util --kind dist --demo": "tests/commands/test_chart.py",
    ".venv/bin/noctui report handover --since 8h --demo": "tests/commands/test_report.py",
    ".venv/bin/noctui sla report --month 2026-10 --claims claims/": "tests/commands/test_sla.py",
    ".venv/bin/noctui maint parse --input-file x.eml": "tests/planned",
    ".venv/bin/noctui maint ingest": "tests/commands/test_maint.py",
    ".venv/bin/noctui sync": "tests/commands/test_sync.py",
    ".venv/bin/noctui doctor": "tests/doctor",
    """curl -d '{"errors": 20, "drops": 5, "absurd": 5}' "$(cat ~/.local/share/noctui-demo/sim.url)/sim/faults\"""": (
        "test_the_demos_cloud_can_be_disturbed"
    ),
    ".venv/bin/noctui sim mist --sites 240 --speed 10": "test_a_token_and_noctui_alone_watch_an_org",
}


def commands() -> list[str]:
    """The lines of all shell blocks, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def settings_rows() -> list[list[str]]:
    """The rows of the table of settings: keys, names, default, words."""
    table = README.split("## Settings", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:2] == "| "]
    return [row for row in rows if row[0].startswith("`")]


def ticked(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_command_is_proven_somewhere() -> None:
    assert set(commands()) == set(PROVEN)


@pytest.mark.parametrize(
    ("target", "runs"),
    [("demo", "-m noctui --demo"), ("test", "-m pytest"), ("bench", "-m bench")],
)
def test_make_runs_what_the_readme_says(target: str, runs: str) -> None:
    assert f"make {target}" in README
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    told = subprocess.run(["make", "-n", target], cwd=ROOT, env=outside, capture_output=True, text=True, check=True)
    assert runs in told.stdout.splitlines()[-1]


@pytest.fixture
def cloud() -> Iterator[tuple[str, str]]:
    """URL and token of the simulated cloud, begun with the README's own command."""
    (command,) = (c for c in commands() if " sim " in c)
    words = [sys.executable, "-m", "noctui", *command.split()[1:]]
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    url, _, token = child.stdout.readline().split()
    yield url, token
    child.terminate()
    assert child.wait(10) == 0
    child.stdout.close()


def test_a_token_and_noctui_alone_watch_an_org(cloud: tuple[str, str], tmp_path: Path) -> None:
    """As written, but at the simulated cloud: `--host URL --insecure-host`."""
    url, token = cloud
    assert "--host URL --insecure-host" in README
    screen = Terminal(["--host", url, "--insecure-host"], tmp_path, env={"MIST_API_TOKEN": token})
    try:
        screen.wait_for(r"live \d+s +leader")
        screen.type("q")
        assert screen.wait() == 0
    finally:
        screen.close()
    assert [path.name for path in (tmp_path / ".local/share/noctui").glob("*/history.db")] == ["history.db"]


def test_every_setting_is_in_the_table_and_every_row_is_a_setting() -> None:
    keys, names = set(), set()
    for row in settings_rows():
        keys |= set(ticked(row[0]))
        names |= set(ticked(row[1])) if row[0] != "`thresholds.*`" else set()
    assert keys - {"thresholds.*"} == {item.key for item in ITEMS}
    assert names == {name for item in ITEMS for name in item.names}


def test_the_defaults_in_the_table_are_the_defaults() -> None:
    default = Settings()
    for row in settings_rows():
        fields = [item.field for item in ITEMS if item.key in ticked(row[0])]
        for field, shown in zip(fields, ticked(row[2]), strict=False):
            value = getattr(default, field)
            text = (
                str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value
            )
            text = ", ".join(value) if isinstance(value, tuple) else text
            assert field == "data" or str(text) == shown, field
    assert load({}, {"HOME": "/h"}).settings.data == Path("/h/.local/share/noctui")


def test_every_name_of_a_threshold_is_what_the_table_says() -> None:
    (row,) = (row for row in settings_rows() if row[0] == "`thresholds.*`")
    begins = [word for word in ticked(row[1]) if word.endswith(("_", "WARN"))]
    ends = {word[-len("WARN") :] if word.endswith("WARN") else word.strip("_") for word in ticked(row[1])[3:]}
    prefixes = {word.removesuffix("THRESHOLD_WARN").strip("_") for word in begins}
    assert {f"{p}_THRESHOLD_{e}" for p in prefixes for e in ends} == set(THRESHOLD_NAMES)


def test_what_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_a_wheel_runs_the_demo_by_itself(tmp_path: Path) -> None:
    """Unpacked elsewhere, with nothing of the checkout in reach: themes and all come with it."""
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("noctui-*.whl")
    shutil.unpack_archive(wheel, tmp_path / "a b", "zip")
    home = tmp_path / "home"
    home.mkdir()
    screen = Terminal(
        ["--demo", "--days", "1", "--sites", "12", "--theme", "light"], home, env={"PYTHONPATH": str(tmp_path / "a b")}
    )
    try:
        screen.wait_for(r"live \d+s +leader")
        screen.type("q")
        assert screen.wait() == 0
    finally:
        screen.close()


def test_the_demos_cloud_can_be_disturbed(tmp_path: Path) -> None:
    """With the README's own words, but for curl."""
    (command,) = (c for c in commands() if c.startswith("curl"))
    body = re.findall(r"-d '([^']+)'", command)[0]
    screen = Terminal(["--demo", "--days", "1", "--sites", "12"], tmp_path)
    try:
        screen.wait_for(r"live \d+s +leader")
        url = (tmp_path / ".local/share/noctui-demo/sim.url").read_text().strip()
        asked = urllib.request.Request(f"{url}/sim/faults", data=body.encode())
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert json.load(answer)["errors"] == 20
        screen.type("q")
        assert screen.wait() == 0
    finally:
        screen.close()
