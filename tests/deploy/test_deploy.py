"""What `deploy/` holds fits the program: its commands, settings and folders exist, and nobody is root. Without an
engine; what systemd says of the units is asked where it is there."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import socket
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from noctui import cli, settings
from noctui.commands import collect, sync
from noctui.stores.bus.redis_server import binaries

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("noctui-*"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {"collect": collect.parser, "sync": sync.parser}
NAMES = {name for one in settings.ITEMS for name in one.names}


def parsed(words: list[str]) -> argparse.Namespace:
    """The words as the program takes them. Raises SystemExit for what it does not know."""
    if words and words[0] in PARSERS:
        return PARSERS[words[0]]().parse_args(words[1:])
    return cli._parser().parse_args(words)


def unit(path: Path) -> dict[str, list[str]]:
    """Key → its values, of all sections."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if line and line[0] not in "#[":
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def of_noctui() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, one) for name, one in SERVICES.items() if one["image"] == "noctui")


def test_every_command_is_one_that_the_program_takes() -> None:
    services = [one for one in UNITS if one.suffix == ".service"]
    words = [shlex.split(unit(one)["ExecStart"][0])[1:] for one in services] + [
        one["command"] for _, one in of_noctui()
    ]
    assert len(words) == 4
    assert [parsed(one) for one in words]
    with pytest.raises(SystemExit):
        parsed(["collect", "--watch-it"])


def test_every_variable_is_a_setting() -> None:
    for name, service in of_noctui():
        assert set(service["environment"]) <= NAMES, name
    lines = (DEPLOY / "Containerfile").read_text()
    assert re.findall(r"(NOCTUI_\w+)=", lines) == ["NOCTUI_DATA"]
    assert "NOCTUI_DATA" in NAMES


def test_no_container_may_more_than_it_needs() -> None:
    """No port, no root, no right; the image itself cannot be changed; no password stands in the file."""
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert "ports" not in service, name
        assert "privileged" not in service, name
    assert all(service["read_only"] for _, service in of_noctui())
    assert SERVICES["bus"]["user"] == "valkey"
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or value.startswith("${BUS_PASSWORD:?"), key


def test_the_screen_has_no_token_and_the_collector_does() -> None:
    assert SERVICES["collector"]["env_file"] == [".env"]
    assert "env_file" not in SERVICES["screen"]


def test_data_outlives_its_containers() -> None:
    mounts = {name: dict(v.split(":") for v in one["volumes"]) for name, one in SERVICES.items()}
    assert set(COMPOSE["volumes"]) == {volume for those in mounts.values() for volume in those}
    assert mounts["collector"]["app-data"] == "/data"
    assert mounts["bus"]["bus-data"] == "/data"


def test_what_the_image_is_made_of_is_there() -> None:
    lines = (DEPLOY / "Containerfile").read_text()
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", lines, re.M) for word in line.split()]
    assert copied
    assert all((ROOT / word).exists() for word in copied)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(re.search(r"ARG EXTRAS=(\S+)", lines)[1].split(",")) <= set(extras)  # type: ignore[index]
    last = lines[lines.rindex("\nFROM") :]
    assert re.search(r"^USER noctui$", last, re.M)
    assert last.index("USER noctui") < last.index("ENTRYPOINT")


def test_the_bus_of_the_compose_file_would_survive_its_restart(tmp_path: Path) -> None:
    """Its very flags, given to a real server."""
    line = SERVICES["bus"]["command"][2].replace("$$BUS_PASSWORD", "s3cret")
    words = shlex.split(line)[2:]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [str(binaries()[0]), *words, "--port", str(port), "--dir", str(tmp_path), "--bind", "127.0.0.1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert any("Ready to accept connections" in told for told in server.stdout)
        with redis.Redis(port=port, password="s3cret", decode_responses=True) as client:
            assert client.config_get("append*")["appendonly"] == "yes"
            assert client.config_get("appendfsync")["appendfsync"] == "everysec"
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        server.kill()
        server.communicate()


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.name)
def test_units_are_in_order(path: Path, tmp_path: Path) -> None:
    """Nothing that systemd does not know, and what is named is what the others have."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    for one in UNITS:
        (tmp_path / one.name).write_text(one.read_text().replace("/opt/noctui/bin/noctui", shutil.which("true") or ""))
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in found.stderr.splitlines() if "noctui-" in line]
    assert not told


def test_services_give_up_what_they_do_not_need() -> None:
    for path in UNITS:
        if path.suffix == ".service":
            keys = unit(path)
            assert keys["User"] == ["noctui"]
            assert keys["NoNewPrivileges"] == ["yes"]
            assert keys["ProtectSystem"] == ["strict"]
            assert keys["CapabilityBoundingSet"] == [""]
            assert keys["StateDirectory"] == ["noctui"]
            assert "--data /var/lib/noctui" in keys["ExecStart"][0]
