"""Where the bus is: `REDIS_URL`, or names that others took. No password is shown; localhost is not tried unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.commands.config import lines
from noctui.config import ConfigError, load
from noctui.runtime.bus_address import SERVER, bus_of, place_of


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


def test_without_a_name_there_is_no_bus(env: dict[str, str]) -> None:
    assert bus_of(load(env=env).settings) is None
    assert bus_of(load(env=env | {"REDIS_PORT": "6379", "REDIS_PASSWORD": "s3cr3t"}).settings) is None


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ({"REDIS_URL": "redis://bus.example/2"}, "redis://bus.example:6379/2"),
        ({"REDIS_URL": "rediss://noctui:s3cr3t@bus.example:6380"}, "rediss://bus.example:6380"),
        ({"REDIS_URL": "redis+sentinel://a,b:7,c/noc", "REDIS_HOST": "other"},
         "redis+sentinel://a:26379,b:7,c:26379/noc"),
        ({"REDIS_HOST": "bus", "REDIS_PORT": "7000"}, "redis://bus:7000"),
        ({"REDIS_HOST": "bus", "REDIS_PORT": "tcp://10.0.0.1:7001"}, "redis://bus:7001"),
    ],
)  # fmt: skip
def test_the_names_and_what_they_mean(env: dict[str, str], names: dict[str, str], text: str) -> None:
    found = bus_of(load(env=env | names).settings)
    assert found is not None
    assert found.text == text


def test_one_name_takes_it_away_again(env: dict[str, str]) -> None:
    settings = load(env=env | {"REDIS_URL": "redis://bus", "REDIS_ENABLED": "false"}).settings
    assert (bus_of(settings), place_of(settings)) == (None, None)


def test_how_one_contends_there(env: dict[str, str]) -> None:
    names = {"REDIS_URL": "redis://bus", "REDIS_PASSWORD": "s3cr3t", "NOCTUI_LEASE_SECONDS": "9"}
    place = place_of(load({"lead_alone": "true"}, env | names).settings, SERVER)
    assert place is not None
    assert (place.address.password, place.lease, place.keep) == ("s3cr3t", 9.0, 7200.0)
    assert (place.rank, place.alone) == (SERVER, True)


@pytest.mark.parametrize("url", ["redis://:s3cr3t@bus", "redis://noctui:s3cr3t@bus", "rediss://x:s3cr3t%2F@bus/1"])
def test_no_password_is_shown(env: dict[str, str], url: str) -> None:
    said = "\n".join(lines(load(env=env | {"REDIS_URL": url, "REDIS_PASSWORD": "pass-too"})))
    assert "s3cr3t" not in said
    assert "pass-too" not in said
    assert "://…@bus" in said


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("REDIS_URL", "http://bus", "begins with no scheme of a bus"),
        ("REDIS_URL", "redis://u:s3cr3t/x@bus", "@ too late"),
        ("REDIS_URL", "redis://u:s3cr3t#x@bus", "holds a #"),
        ("REDIS_HOST", "redis://bus", "is no host name; a URL belongs in REDIS_URL"),
        ("REDIS_PORT", "70000", "must be a number from 1 to 65535"),
        ("NOCTUI_LEASE_SECONDS", "0.1", "must be from 1 to 60"),
    ],
)
def test_what_cannot_be_is_said_with_its_name_and_without_the_secret(
    env: dict[str, str], name: str, value: str, says: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        load(env=env | {name: value})
    assert str(raised.value).startswith(f"environment {name}: bus.") or "LEASE" in name
    assert says in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


def test_a_file_with_its_password_that_others_may_read_is_warned_of(tmp_path: Path, env: dict[str, str]) -> None:
    file = tmp_path / ".env"
    for text, warned in (("REDIS_URL=redis://bus\n", False), ("REDIS_URL=redis://:s3cr3t@bus\n", True)):
        file.write_text(text)
        file.chmod(0o644)
        assert load(env=env, env_file=file).warnings == (
            (f"{file} holds a secret and can be read by others: chmod 600 {file}",) if warned else ()
        )
    file.chmod(0o600)
    assert load(env=env, env_file=file).warnings == ()
