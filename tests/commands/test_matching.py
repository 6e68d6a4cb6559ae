"""Lines find their site and circuit by exact words alone; what could be two is said, never guessed."""

from __future__ import annotations

from noctui.model.batch import Found
from noctui.model.inventory import Site
from noctui.runtime.overlay_match import Matched, match
from noctui.sources.inventory_file import parse

SITES = (
    Site(site_id="AB-1", name="0417 Grand Junction CO", number="0417"),
    Site(site_id="ab-2", name="Depot"),
    Site(site_id="ab-3", name="depot"),
)
CIRCUITS = (
    Found(circuit_id="AB-1:ge-0/0/0", site_id="AB-1", gateway_id="aa", port_id="ge-0/0/0", wan_name="wan0"),
    Found(circuit_id="AB-1:ge-0/0/0@2", site_id="AB-1", gateway_id="bb", port_id="ge-0/0/0", wan_name="wan0"),
    Found(circuit_id="AB-1:lte0", site_id="AB-1", gateway_id="aa", port_id="lte0", wan_name="modem"),
)


def told(*lines: str, header: str = "site,port,down,region") -> Matched:
    return match(parse("\n".join([header, *lines])), SITES, CIRCUITS)


def test_a_site_by_id_number_and_name_case_and_leading_zeros_aside() -> None:
    for site in ("ab-1", "0417", "417", "0417 GRAND junction co"):
        assert told(f"{site},lte0,5,").rows.keys() == {"AB-1:lte0"}
    assert [str(p) for p in told("depot,lte0,5,").problems] == ["line 2: site 'depot' could be 2 sites; write its id"]
    assert [str(p) for p in told("0417 Grand,lte0,5,").problems] == ["line 2: no site '0417 Grand'"]


def test_a_circuit_by_port_by_the_end_of_its_id_and_by_wan_name() -> None:
    assert told("417,modem,5,").rows.keys() == {"AB-1:lte0"}
    assert told("417,GE-0/0/0,5,").rows.keys() == {"AB-1:ge-0/0/0"}
    assert told("417,ge-0/0/0@2,5,").rows.keys() == {"AB-1:ge-0/0/0@2"}
    assert "could be 2 circuits" in str(told("417,wan0,5,").problems[0])
    assert "no circuit on port 'ge-0/0'" in str(told("417,ge-0/0,5,").problems[0])


def test_of_two_lines_for_one_circuit_the_first_counts_and_the_other_is_said() -> None:
    found = told("417,lte0,5,", "0417,modem,7,")
    assert found.rows["AB-1:lte0"].down_bps == 5e6
    assert [str(p) for p in found.problems] == ["line 3: the same circuit as line 2, which counts"]
    assert found.without == 2


def test_a_site_has_one_region() -> None:
    found = told("417,lte0,5,West", "417,ge-0/0/0,,East", "ab-2,,,Lakes")
    assert found.regions == {"AB-1": "West", "ab-2": "Lakes"}
    assert [str(p) for p in found.problems] == [
        "line 3: region 'East', but line 2 says 'West' for the same site; line 2 counts"
    ]
