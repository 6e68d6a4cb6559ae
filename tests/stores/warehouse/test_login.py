"""How to log in: what the settings say, the files they name, and what is refused before anybody is asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from noctui.config import load
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login

pytest.importorskip("cryptography")

from cryptography.hazmat.primitives import serialization as ways
from cryptography.hazmat.primitives.asymmetric import ec, rsa

PHRASE = "correct horse"
BASE = Login(account="myorg-a1", user="NOCTUI", role="NOCTUI_SYNC", database="WAN_PERFORMANCE", schema="RETAIL_WAN")
Keys = Callable[..., Path]


@pytest.fixture(scope="module")
def made() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def key(tmp_path: Path, made: rsa.RSAPrivateKey) -> Keys:
    def write(phrase: str = "", mode: int = 0o600, of: rsa.RSAPrivateKey | None = None) -> Path:
        locked = ways.BestAvailableEncryption(phrase.encode()) if phrase else ways.NoEncryption()
        path = tmp_path / "key.p8"
        path.write_bytes((of or made).private_bytes(ways.Encoding.PEM, ways.PrivateFormat.PKCS8, locked))
        path.chmod(mode)
        return path

    return write


def refused(login: Login) -> str:
    with pytest.raises(WarehouseFault) as found:
        login.keywords()
    assert found.value.kind == "usage"
    return found.value.text


def test_a_locked_key_and_its_passphrase_log_in(key: Keys, made: rsa.RSAPrivateKey) -> None:
    said = replace(BASE, key_file=key(PHRASE), passphrase=PHRASE).keywords()
    assert said["authenticator"] == "SNOWFLAKE_JWT"
    assert (said["user"], said["role"], said["database"]) == ("NOCTUI", "NOCTUI_SYNC", "WAN_PERFORMANCE")
    loaded = ways.load_der_private_key(said["private_key"], None)
    assert isinstance(loaded, rsa.RSAPrivateKey)
    assert loaded.private_numbers() == made.private_numbers()


def test_systemd_may_hold_the_passphrase(key: Keys, tmp_path: Path) -> None:
    (tmp_path / "snowflake_passphrase").write_text(f"{PHRASE}\n")
    login = replace(BASE, key_file=key(PHRASE), credentials=tmp_path)
    assert "private_key" in login.keywords()


def test_a_key_without_a_lock_needs_no_passphrase(key: Keys) -> None:
    assert "private_key" in replace(BASE, key_file=key(), passphrase="of some other key").keywords()


def test_a_wrong_passphrase_is_named_and_never_shown(key: Keys) -> None:
    said = refused(replace(BASE, key_file=key(PHRASE), passphrase="hunter2"))
    assert said.endswith("key.p8: the passphrase does not open it")
    assert "is locked: set SNOWFLAKE_PRIVATE_KEY_PASSPHRASE" in refused(replace(BASE, key_file=key(PHRASE)))


@pytest.mark.parametrize(
    ("mode", "well"), [(0o600, True), (0o400, True), (0o440, True), (0o644, False), (0o604, False)]
)
def test_a_key_that_others_can_read_is_not_used(key: Keys, mode: int, well: bool) -> None:
    login = replace(BASE, key_file=key(mode=mode))
    if well:
        login.keywords()
    else:
        assert "can be read by others: chmod 600" in refused(login)


def test_what_is_no_key_of_use_is_said(key: Keys, tmp_path: Path) -> None:
    assert "a key of 1024 bits" in refused(replace(BASE, key_file=key(of=rsa.generate_private_key(65537, 1024))))
    path = tmp_path / "other"
    path.write_text("-----BEGIN CERTIFICATE-----\n")
    path.chmod(0o600)
    assert "holds no private key" in refused(replace(BASE, key_file=path))
    assert "No such file" in refused(replace(BASE, key_file=tmp_path / "none"))
    path.write_bytes(b"x" * 200_000)
    assert "too long" in refused(replace(BASE, key_file=path))


def test_elliptic_keys_are_taken_too(tmp_path: Path) -> None:
    path = tmp_path / "ec"
    made = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(made.private_bytes(ways.Encoding.PEM, ways.PrivateFormat.PKCS8, ways.NoEncryption()))
    path.chmod(0o600)
    assert "private_key" in replace(BASE, key_file=path).keywords()


def test_tokens_are_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first\n")
    path.chmod(0o600)
    login = replace(BASE, token_file=path, authenticator="oauth")
    assert login.keywords()["token"] == "first"
    path.write_text("second\n")
    assert login.keywords() | {"token": "second", "authenticator": "OAUTH"} == login.keywords()
    path.write_text("two\nlines\n")
    assert "holds no token" in refused(login)


def test_which_kind_of_token_it_is_has_to_be_said() -> None:
    assert "say what the token is" in refused(replace(BASE, token="abc"))
    said = replace(BASE, token="abc", authenticator="programmatic_access_token").keywords()
    assert (said["authenticator"], said["token"]) == ("PROGRAMMATIC_ACCESS_TOKEN", "abc")


def test_a_machine_with_an_identity_needs_no_secret_and_no_user() -> None:
    said = Login(account="myorg-a1", identity_provider="AWS").keywords()
    assert said == {"account": "myorg-a1", "authenticator": "WORKLOAD_IDENTITY", "workload_identity_provider": "AWS"}


@pytest.mark.parametrize(
    ("login", "says"),
    [
        (replace(BASE, password="hunter2"), "takes no password from a program"),
        (replace(BASE, password="hunter2", authenticator="snowflake", host="sf.example"), "takes no password"),
        (replace(BASE, host="sf.example", protocol="http", token="t", authenticator="oauth"), "for this machine alone"),
        (BASE, "nothing to log in with"),
        (replace(BASE, account=""), "no account"),
        (replace(BASE, user="", token="t", authenticator="oauth"), "no user"),
        (replace(BASE, authenticator="snowflake_jwt"), "needs a private key"),
        (replace(BASE, authenticator="oauth"), "needs a token"),
        (replace(BASE, authenticator="workload_identity"), "needs warehouse.identity_provider"),
    ],
)
def test_what_can_never_work_is_refused_here(login: Login, says: str) -> None:
    assert says in refused(login)


def test_a_server_of_this_machine_takes_a_password() -> None:
    said = replace(BASE, password="any", host="127.0.0.1", port=8080, protocol="http").keywords()
    assert (said["password"], said["host"], said["port"], said["protocol"]) == ("any", "127.0.0.1", 8080, "http")


def test_no_secret_is_in_what_is_printed_of_a_login() -> None:
    said = repr(replace(BASE, password="hunter2", token="hunter3", passphrase="hunter4"))
    assert "hunter" not in said


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (1, ""),
        (11, ""),
        (13, "ends in about 2 days:"),
        (14, "ends in about 1 day:"),
        (16, "written 16 days ago, a token lives 15"),
    ],
)
def test_a_token_that_ends_soon_is_told_before(tmp_path: Path, days: int, says: str) -> None:
    """Programmatic access tokens live 15 days where nothing else is asked for, and end without a word."""
    path = tmp_path / "token"
    path.write_text("t")
    now = 1_800_000_000.0
    os.utime(path, (now - days * 86_400, now - days * 86_400))
    login = replace(BASE, token_file=path, authenticator="programmatic_access_token")
    said = list(login.warnings(now))
    assert (says in said[0]) if says else said == []


def test_the_names_of_the_system_before_say_it_too(tmp_path: Path) -> None:
    env = {
        "HOME": str(tmp_path), "SNF_ACCOUNT": "https://MyOrg-A1.snowflakecomputing.com/console", "SNF_USER": "noctui",
        "SNF_PASSWORD": "x", "SNF_DATABASE": "wan_performance", "SNF_SCHEMA": "retail_wan",
        "SNF_WAREHOUSE": "compute_wh", "SNF_ROLE": "etl",
    }  # fmt: skip
    login = Login.of(load({}, env).settings, env)
    assert (login.account, login.user, login.tables) == ("myorg-a1", "noctui", "WAN_PERFORMANCE.RETAIL_WAN")
    assert (login.warehouse, login.role) == ("COMPUTE_WH", "ETL")


def test_names_that_could_become_a_statement_are_no_names(tmp_path: Path) -> None:
    from noctui.config import ConfigError

    with pytest.raises(ConfigError, match="must be a plain name"):
        load({}, {"HOME": str(tmp_path), "SNF_DATABASE": "x; drop table y"})


def test_secrets_in_files_are_never_repeated_either(tmp_path: Path) -> None:
    from noctui.stores.warehouse.refusals import plain

    token, passphrase = tmp_path / "token", tmp_path / "snowflake_passphrase"
    token.write_text("t0ken-in-a-file\n")
    token.chmod(0o600)
    passphrase.write_text("phrase of systemd\n")
    login = Login("a-b", user="u", authenticator="oauth", token_file=token, credentials=tmp_path, password="x y")
    said = plain("Invalid header 'Bearer t0ken-in-a-file', 'phrase of systemd' x y", login)
    assert said == "Invalid header 'Bearer …', '…' x y"
    token.chmod(0o644)  # who may not use it is not told that it cannot be read
    assert "phrase of systemd" in login.secrets
