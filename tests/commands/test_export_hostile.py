"""Whatever sites, carriers and regions are called: files read back as they were, sheets and terminals obey nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from noctui.commands import codes
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History
from noctui.tui.export import _OBEYED, safe
from tests.commands.exported import run
from tests.stores.made import ORG, World, network

NAMES = (
    '=HYPERLINK("http://x")', "@SUM(A1)", "\x1b]0;owned\x07", "\x9b31m", "a\u202egpj.exe", "two\r\nlines",
    "tab\there", 'quote " and , comma', "Málaga 東京 🏬", "\ufeff", "-1+1", "[bold red]markup[/]", "{'json': 1}", "NaN",
    "null", "",
)  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two circuits a site, a site for each name; regions and carriers are called so, too."""
    data = tmp_path_factory.mktemp("hostile")
    inventory = network(2 * len(NAMES))
    named = msgspec.structs.replace(
        inventory,
        sites=tuple(
            msgspec.structs.replace(s, name=name, region=name, store_type=name)
            for s, name in zip(inventory.sites, NAMES, strict=True)
        ),
        circuits=tuple(
            msgspec.structs.replace(c, carrier=NAMES[i // 2]) for i, c in enumerate(inventory.circuits)
        ),
    )  # fmt: skip
    folder = data / ORG
    folder.mkdir()
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = History.create_or_open(folder, ORG).writer(lock)
    writer.write(World(named).poll())
    writer.close()
    lock.release()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield data


@pytest.mark.parametrize("table", ["circuits", "sites", "gateways", "paths", "figures", "availability", "daily"])
@pytest.mark.parametrize("form", ["csv", "json", "ndjson"])
def test_nothing_of_a_name_is_obeyed(data: Path, table: str, form: str) -> None:
    ran = run(data, table, "--format", form)
    assert ran.code in (codes.OK, codes.PARTIAL)
    text = ran.out.decode()
    assert _OBEYED.search(re.sub("\r?\n", "", text)) is None


def test_json_has_the_names_as_they_were_and_csv_disarmed(data: Path) -> None:
    found = json.loads(run(data, "sites", "--format", "json").out)
    assert {row["site_name"] for row in found} == set(NAMES)
    read = list(csv.DictReader(io.StringIO(run(data, "sites").out.decode(), newline="")))
    assert {row["site_name"] for row in read} == {safe(name) for name in NAMES}
    assert not [row for row in read for cell in row.values() if re.match(r"[=@]|[-+](?!\d+(\.\d+)?$)", cell)]


def test_names_can_be_filtered_by_and_are_only_text(data: Path) -> None:
    for name in ("東京", "[bold", "@sum"):
        found = json.loads(run(data, "circuits", "--filter", name, "--format", "json").out)
        assert len(found) == 2
    assert len(json.loads(run(data, "availability", "--filter", "carrier=null", "--format", "json").out)) == 2


def test_what_is_said_of_a_hostile_circuit_is_harmless(data: Path) -> None:
    ran = run(data, "series", "\x1b[2J")
    assert ran.code == codes.FAILED
    assert ran.said.count("\n") == 1
    assert _OBEYED.search(ran.said.replace("\n", "")) is None
