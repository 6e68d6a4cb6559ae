"""The house's floors hold, nothing heavy loads before the first paint, and a wheel carries its data."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP = {
    "noctui", "tests", "themes", "sample_data", "pyproject.toml", "README.md", ".env.example",
    ".ci", "bench", "deploy", "docs", "Containerfile", "Makefile", ".gitignore", "LICENSE",
}  # fmt: skip
HEAVY = ("aiohttp", "mistapi", "redis", "sqlite3", "sqlite_utils", "plotext", "snowflake", "requests", "zstandard")
OF_THE_DATA = (
    "numpy",
    "noctui.model.view",
    "noctui.tui.screens.board",
    "noctui.tui.widgets.live_table",
    "noctui.tui.filter",
)
"""What comes with the first data: the frame that waits for it is painted without, some 0.1 s sooner."""


def test_each_floor_imports_only_what_lies_below() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_heavy_is_loaded_before_the_first_paint() -> None:
    """Everything the app imports before it paints; the rest is loaded on threads, when it is needed."""
    code = (
        "import sys, noctui.cli, noctui.config, noctui.reload, noctui.clock, noctui.logs, noctui.sources.mist.hosts\n"
        "import noctui.runtime.desk, noctui.runtime.remote, noctui.runtime.remote_desk\n"
        "import noctui.runtime.child_keeper, noctui.tui.app\n"
        f"print(*[m for m in {HEAVY + OF_THE_DATA!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_mistapis_transport_is_never_loaded() -> None:
    """Its endpoint functions are used; its session blocks, prompts and has no timeouts."""
    code = (
        "import sys, noctui.sources.mist.source\n"
        "print(*[m for m in ('requests', 'hvac', 'keyring') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_top_level_holds_what_it_should() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode != 0:
        pytest.skip("not a git checkout")
    assert {line.split("/")[0] for line in tracked.stdout.splitlines()} <= TOP


def test_a_wheel_carries_themes_and_sample_data(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(tmp_path),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("noctui-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "noctui/_data/themes/dark.toml" in names
    assert any(name.startswith("noctui/_data/sample_data/") for name in names)
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "noctui").rglob("*.py")} <= set(names)
