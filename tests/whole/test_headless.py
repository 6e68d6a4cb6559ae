"""noctui without a screen, as whole processes over a simulated cloud: docs/headless.md, S0-CLI-01, 05 to 07."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noctui.sim.mist.faults import Faults
from noctui.sim.mist.server import MistServer
from noctui.stores.bus.folder import FolderLock, is_led
from noctui.stores.history.history import quick_check
from tests.faults.cloud import small_cloud
from tests.faults.disk import small_disk
from tests.walk.walk import TOKEN
from tests.whole.headless import PATIENCE, Host, ended, stop, until
from tests.whole.terminal import Terminal


@pytest.fixture(scope="module")
def cloud() -> Iterator[MistServer]:
    with small_cloud() as server:
        yield server


@pytest.fixture
def host(tmp_path: Path, cloud: MistServer) -> Iterator[Host]:
    yield Host(tmp_path, cloud)
    cloud.faults = Faults()


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_collect_writes_one_whole_poll_and_tells_it_in_one_line(host: Host, cloud: MistServer) -> None:
    found = ended(host.start("collect"))
    assert (found.code, found.errors) == (0, "")
    (told,) = found.told
    assert (told["event"], told["status"], told["pages_lost"]) == ("collect.run", "whole", 0)
    assert told["circuits"] == cloud.world.network.circuits
    assert [seq for seq, _ in host.polls()] == [told["seq"]]
    assert host.closed_in_order()
    assert not is_led(host.folder)
    assert '"event": "collect.run"' in host.log(), "under the same name in the log"


def test_a_moment_has_one_poll_the_next_collect_waits_for_the_next_step(host: Host) -> None:
    """Polls lie on a grid: two timers that fire together make two polls, not one moment twice."""
    assert [host.run("collect").code for _ in range(2)] == [0, 0]
    first, *_, last = (int(at) for _, at in host.polls())
    assert last > first


def test_a_dry_run_says_what_would_be_done_asks_nobody_and_writes_nothing(host: Host, cloud: MistServer) -> None:
    asked, before = cloud.calls, files(host.home)
    found = host.run("collect", "--dry-run")
    assert (found.code, found.errors) == (0, "")
    told = found.last("collect.plan")
    assert (told["dry_run"], told["calls"], told["newest"]) == (True, None, None)
    assert (cloud.calls, files(host.home)) == (asked, before)
    swept = host.run("collect").last("collect.run")
    stands = host.written()
    told = host.run("collect", "--dry-run").last("collect.plan")
    assert (told["calls"], told["newest"]) == (swept["calls"], swept["poll_at"])
    assert host.written() == stands


def test_the_demo_has_a_cloud_and_a_folder_of_its_own_and_a_dry_run_of_it_writes_nothing(tmp_path: Path) -> None:
    host = Host(tmp_path)
    assert host.run("full-cycle", "--demo", "--dry-run").code == 0
    assert files(tmp_path) == []
    swept = host.run("collect", "--demo", "--sites", "6").last("collect.run")
    assert Path(swept["folder"]).parent == tmp_path / "data-demo"
    before = host.written()
    for words in (["collect"], ["aggregate", "daily"], ["full-cycle"], ["check"], ["collect", "--start", "2026-01-01"]):
        found = host.run(*words, "--demo", "--dry-run")
        assert (found.code, found.errors) == (0, ""), words
        assert host.written() == before, words


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_watching_collects_until_it_is_told_to_end_and_ends_in_order(host: Host, number: signal.Signals) -> None:
    watching = host.start("collect", "--watch")
    until(lambda: len(host.polls()) >= 2)
    found = stop(watching, number)
    assert (found.code, found.errors) == (0, "")
    events = [line["event"] for line in found.told]
    assert events[0] == "startup"
    assert events[-1] == "shutdown"
    assert events.count("poll.run") >= 2, "what a service's journal is to hold"
    assert host.closed_in_order()
    assert not is_led(host.folder)


def test_a_service_manager_hears_when_it_is_ready_how_it_goes_and_that_it_ends(host: Host, tmp_path: Path) -> None:
    """sd_notify(3): a datagram to the socket that the environment names."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE)
        watching = host.start("collect", "--watch", env={"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert manager.recv(4096) == b"READY=1\nSTATUS=leads"
        assert re.fullmatch(rb"STATUS=leads: poll 10000 at [\d:]+ UTC whole, \d+ calls", manager.recv(4096))
        stop(watching)
        heard = [manager.recv(4096)]
        while heard[-1].startswith(b"STATUS="):
            heard.append(manager.recv(4096))
        assert heard[-1] == b"STOPPING=1"


def test_a_second_watcher_leads_when_the_first_is_killed(host: Host) -> None:
    first = host.start("collect", "--watch")
    until(lambda: len(host.polls()) >= 1)
    second = host.start("collect", "--watch")
    assert second.stdout is not None
    lines = iter(second.stdout.readline, "")
    assert any(json.loads(line)["event"] == "follow.begin" for line in lines)
    first.kill()
    first.communicate()
    assert any(json.loads(line)["event"] == "lead.begin" for line in lines)
    polls = len(host.polls())
    until(lambda: len(host.polls()) > polls)
    assert stop(second).code == 0


def test_beside_a_leader_nothing_is_polled_twice(host: Host, cloud: MistServer) -> None:
    leader = host.start("collect", "--watch")
    until(lambda: len(host.polls()) >= 1)
    found = host.run("collect")
    told = found.last("collect.run")
    assert found.code == 0
    assert told["led_by"].endswith(f":{leader.pid}")
    assert host.run("collect", "--dry-run").last("collect.plan")["led_by"] == told["led_by"]
    polled = [line["seq"] for line in stop(leader).told if line["event"] == "poll.run"]
    assert told["seq"] in polled, "it is the leader's own"
    assert [seq for seq, _ in host.polls()] == polled


def test_a_leader_without_a_poll_is_waited_for_three_intervals_and_said(host: Host) -> None:
    host.run("collect")
    lock = FolderLock(host.folder)
    assert lock.try_acquire()
    try:
        found = host.run("collect")
    finally:
        lock.release()
    assert found.code == 14
    assert re.fullmatch(r"noctui: \S+ leads, but no poll of it came within 3 s\n", found.errors)


def test_a_lock_that_a_dead_process_left_behind_holds_up_nobody(host: Host) -> None:
    host.run("collect")
    assert (host.folder / "lock").exists()
    assert host.run("collect").code == 0


def test_killed_in_the_middle_a_rerun_goes_on(host: Host, cloud: MistServer) -> None:
    """kill -9 while the pages come in, and again once history is open."""
    cloud.faults = Faults(delay=0.3)
    for wait in (lambda: host.data.is_dir(), lambda: bool(list(host.data.glob("*/history.db-wal")))):
        process = host.start("collect")
        until(wait)
        process.kill()
        process.communicate()
    cloud.faults = Faults()
    before = host.polls()
    found = host.run("collect")
    assert found.code == 0
    assert [seq for seq, _ in host.polls()][-1] == found.last("collect.run")["seq"]
    assert host.polls()[: len(before)] == before
    assert quick_check(host.folder / "history.db") == ""


def test_a_sweep_that_lost_pages_is_partial_and_says_what_is_missing(host: Host, cloud: MistServer) -> None:
    cloud.faults = Faults(lost_pages={"stats/vpn_peers/search": 1})
    found = host.run("collect")
    told = found.last("collect.run")
    assert (found.code, told["status"]) == (3, "partial")
    assert told["pages_lost"] >= 1
    assert "paths" in told["missing"]
    assert len(host.polls()) == 1, "what came is kept"


def test_no_token_is_a_matter_of_usage_and_makes_nothing(tmp_path: Path) -> None:
    host = Host(tmp_path)
    for words in (["collect"], ["collect", "--watch"], ["full-cycle"], ["collect", "--start", "2026-01-01"]):
        found = host.run(*words)
        assert (found.code, found.errors) == (
            2, "noctui: no token: set MIST_API_TOKEN (see .env.example), or try --demo\n",
        )  # fmt: skip
    assert files(tmp_path) == []


@pytest.mark.parametrize("words", [["collect"], ["collect", "--watch"], ["check"], ["full-cycle"]])
def test_a_refused_token_has_a_code_of_its_own(host: Host, cloud: MistServer, words: list[str]) -> None:
    cloud.faults = Faults(revoked=[TOKEN])
    found = host.run(*words)
    assert found.code == 10
    assert found.errors.count("\n") == 1
    assert TOKEN not in found.errors + json.dumps(found.told) + host.log()
    assert found.told[-1]["kind"] == "refused"
    assert not list(host.data.glob("*/history.db"))


@pytest.mark.parametrize("words", [["collect"], ["check"]])
def test_a_cloud_that_does_not_answer_has_one_too(host: Host, words: list[str]) -> None:
    found = host.run(*words, env={"MIST_HOST": "http://127.0.0.1:9"})
    assert (found.code, found.told[-1]["kind"]) == (11, "unreachable")
    assert found.errors.count("\n") == 1


@pytest.mark.parametrize("words", [["collect"], ["check"]])
def test_tokens_whose_hour_is_used_up_say_until_when(host: Host, cloud: MistServer, words: list[str]) -> None:
    cloud.faults = Faults(throttled=100.0, throttled_wait=600)
    found = host.run(*words)
    assert (found.code, found.told[-1]["kind"]) == (12, "resting")
    assert re.search(r"until|\d\d:\d\d", found.errors)
    assert found.errors.count("\n") == 1


def test_a_damaged_history_is_found_by_check(host: Host) -> None:
    host.run("collect")
    file = host.folder / "history.db"
    with file.open("r+b") as damaged:
        damaged.seek(file.stat().st_size - 8192)  # one page of some table
        damaged.write(b"\xff" * 8192)
    found = ended(host.start("check"))
    assert (found.code, found.told[-1]["kind"]) == (13, "history")
    assert "corrupt" in found.errors


def test_a_history_that_is_set_aside_is_said_where_it_is_and_is_partial(host: Host) -> None:
    """A timer's mail is all that somebody may read: the old days are out of sight from here on."""
    host.run("collect")
    file = host.folder / "history.db"
    with file.open("r+b") as damaged:
        damaged.write(b"\xff" * 4096)
    for left in ("-wal", "-shm"):
        host.folder.joinpath(file.name + left).unlink(missing_ok=True)
    found = host.run("collect")
    assert found.code == 3
    aside = file.with_name("history.db.bad")
    assert found.errors == f"noctui: the history was damaged: it is kept as {aside}, and a new one was begun\n"
    assert aside.is_file()
    assert host.run("collect").code == 0


def test_a_watcher_waits_for_a_cloud_that_does_not_answer_yet(host: Host) -> None:
    """A service that starts before the network is up."""
    watching = host.start("collect", "--watch", env={"MIST_HOST": "http://127.0.0.1:9"})
    assert watching.stdout is not None
    assert any(json.loads(line)["event"] == "collect.waits" for line in iter(watching.stdout.readline, ""))
    assert stop(watching).code == 0


def test_a_wrong_org_and_an_unknown_host_are_a_matter_of_usage(host: Host) -> None:
    wrong = host.run("collect", "--org-id", "00000000-1111-2222-3333")
    assert wrong.code == 2
    assert wrong.errors.startswith("noctui: The token cannot see org 00000000-1111-2222-3333; it sees: ")
    unknown = host.run("collect", env={"NOCTUI_INSECURE_HOST": "false"})
    assert unknown.code == 2
    assert "is not a known Mist cloud" in unknown.errors


def test_a_token_of_several_orgs_lists_them_and_one_that_is_named_is_collected(tmp_path: Path) -> None:
    with small_cloud(others=("Other Retail",)) as server:
        host = Host(tmp_path, server)
        found = host.run("collect")
        assert found.code == 2
        assert "The token sees 2 orgs: set MIST_ORG_ID to one of: " in found.errors
        assert "Other Retail" in found.errors
        for org_id in server.clouds:
            assert host.run("collect", "--org-id", org_id).last("collect.run")["org_id"] == org_id
        found = host.run("aggregate", "daily")
        assert found.code == 2
        assert f"{host.data} has histories of 2 orgs: " in found.errors


def test_nothing_is_aggregated_where_there_is_no_history(tmp_path: Path) -> None:
    found = Host(tmp_path).run("aggregate", "daily")
    assert found.code == 1
    assert "run noctui collect first" in found.errors
    assert files(tmp_path) == []


def test_a_full_disk_is_said_and_nothing_is_lost_but_the_poll(tmp_path: Path, cloud: MistServer) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        host = Host(disk.path, cloud)
        assert host.run("collect").code == 0
        disk.fill()
        found = host.run("collect")
        assert (found.code, found.told[-1]["kind"]) == (13, "history")
        assert found.errors.count("\n") == 1
        disk.free()
        assert host.run("collect").code == 0
        assert len(host.polls()) >= 2


def test_a_folder_that_may_only_be_read_is_said(tmp_path: Path, cloud: MistServer) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        host = Host(disk.path, cloud)
        assert host.run("collect").code == 0
        disk.remount("ro")
        found = host.run("collect")
        assert (found.code, found.errors.count("\n")) == (13, 1)
        assert "Read-only file system" in found.errors
        disk.remount("rw")


def test_a_history_that_a_newer_noctui_wrote_is_left_alone(host: Host) -> None:
    host.run("collect")
    with closing(sqlite3.connect(host.folder / "history.db")) as db:
        db.execute("PRAGMA user_version = 999")
    before = host.polls()
    for words in (["collect"], ["check"]):
        found = host.run(*words)
        assert found.code == 13
        assert "newer than this noctui knows" in found.errors
    assert host.polls() == before


def test_interrupted_before_it_was_done_it_says_so_with_the_signals_code(tmp_path: Path, cloud: MistServer) -> None:
    host = Host(tmp_path, cloud, poll_seconds=3600.0)
    host.run("collect")
    waiting = host.start("collect")  # for the next hour
    until(lambda: is_led(host.folder))
    found = stop(waiting, signal.SIGINT)
    assert (found.code, found.errors) == (130, "noctui: ended before it was done; run it again to go on\n")
    assert host.closed_in_order()


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (["--collect", "--dry-run"], ["collect", "--dry-run"]),
        (["--dry-run", "--collect"], ["collect", "--dry-run"]),
        (["--test"], ["check"]),
        (["--aggregate", "daily"], ["aggregate", "daily"]),
        (["--aggregate=hourly"], ["aggregate", "hourly"]),
        (["--full-cycle", "--dry-run"], ["full-cycle", "--dry-run"]),
    ],
)
def test_what_others_called_it_does_the_same(host: Host, theirs: list[str], ours: list[str]) -> None:
    """facts/predecessors.md 1.0: there these were stubs that said "complete"."""
    first, second = host.run(*theirs), host.run(*ours)
    assert (first.code, first.errors) == (second.code, second.errors)
    assert [line["event"] for line in first.told] == [line["event"] for line in second.told]


def test_two_of_their_modes_at_once_are_refused(host: Host) -> None:
    found = host.run("--collect", "--test")
    assert (found.code, found.errors) == (2, "noctui: --collect and --test cannot be asked for at once\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["collect", "--start", "2026-02-30"], "--start '2026-02-30' is no time such as"),
        (["collect", "--end", "2026-02-01"], "--end needs a --start"),
        (["collect", "--start", "2026-02-02", "--end", "2026-02-01"], "is not before --end"),
        (["collect", "--start", "2999-01-01"], "is in the future"),
        (["collect", "--watch", "--start", "2026-01-01"], "cannot be asked for at once"),
        (["aggregate", "dayly"], "did you mean daily?"),
        (["aggregate"], "required: daily|weekly|monthly"),
        (["aggregate", "daily", "--since", "yesterday"], "--since 'yesterday' is no date such as 2026-11-28"),
        (["aggregate", "daily", "--since", "2999-01-01"], "is in the future"),
        (["colect"], "no command 'colect'; did you mean collect?"),
    ],
)
def test_what_is_asked_wrongly_is_one_clear_line_and_exit_2(host: Host, words: list[str], says: str) -> None:
    found = host.run(*words)
    assert found.code == 2
    assert says in found.errors.splitlines()[-1]
    assert not host.data.exists()


def test_check_tells_of_settings_mist_and_history_and_writes_nothing(host: Host, cloud: MistServer) -> None:
    before = files(host.home)
    found = host.run("check")
    assert (found.code, files(host.home)) == (0, before)
    assert [line["event"] for line in found.told] == ["check.settings", "check.mist", "check.history", "check.run"]
    assert found.last("check.mist")["org_id"] == cloud.world.network.org_id
    assert found.last("check.history")["newest"] is None
    swept = host.run("collect").last("collect.run")
    assert host.run("check").last("check.history")["newest"] == swept["poll_at"]


def test_verbose_tells_the_log_too(host: Host) -> None:
    events = [line["event"] for line in host.run("collect", "-v").told]
    assert "poll.run" in events
    assert events.count("collect.run") == 1


def test_on_a_terminal_it_speaks_in_words_and_rewrites_one_line(host: Host, cloud: MistServer) -> None:
    cloud.faults = Faults(delay=0.2)
    screen = Terminal(["collect"], host.home, 100, 10, host.env)
    try:
        screen.wait_for(r"collecting: \d+ of \d+ pages|asking Mist")
        assert screen.wait() == 0
        line = " ".join(screen.text.split())
        assert re.match(r"Poll 10000 of .* UTC: whole, \d+ circuits, \d+ calls in [\d.]+ s", line)
        assert "{" not in screen.text
        assert b"\x1b" not in screen.raw, "no escapes: any terminal will do"
    finally:
        screen.close()


def test_nobody_reads_what_it_says_and_the_work_is_done_all_the_same(host: Host) -> None:
    line = f"{shlex.quote(sys.executable)} -m noctui collect | true"
    told = subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"], env=host.env, capture_output=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, b"")
    assert len(host.polls()) == 1
    closed = f"exec {shlex.quote(sys.executable)} -m noctui collect >&- 2>&-"
    assert subprocess.run(["sh", "-c", closed], env=host.env, check=False).returncode == 0
    assert len(host.polls()) >= 2
