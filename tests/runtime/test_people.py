"""Who may do what: by user and group of this machine, the highest role that fits."""

from __future__ import annotations

import grp
import os
import pwd

import pytest

from noctui.alarm_settings import Roles
from noctui.model.alarms import ACTS
from noctui.runtime.people import Person, groups_of, here, name_of, role_of
from noctui.stores.history.acting import Acting

ME = pwd.getpwuid(os.getuid()).pw_name
MY_GROUP = grp.getgrgid(pwd.getpwnam(ME).pw_gid).gr_name


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (Roles(), "operator"),  # no [roles]: whoever may log in here may act
        (Roles(operator=()), "viewer"),
        (Roles(operator=("somebody-else",)), "viewer"),
        (Roles(operator=(ME,)), "operator"),
        (Roles(operator=(f"@{MY_GROUP}",)), "operator"),
        (Roles(viewer=(ME,), operator=("*",)), "operator"),
        (Roles(viewer=("*",), operator=(), admin=(f"@{MY_GROUP}",)), "admin"),
        (Roles(operator=("@no-such-group",)), "viewer"),
        (Roles(operator=(f"{ME}x", ME.upper() + "_")), "viewer"),
    ],
)
def test_the_highest_role_that_fits_holds(roles: Roles, role: str) -> None:
    assert role_of(ME, roles) == role


def test_read_only_makes_a_viewer_of_an_admin() -> None:
    assert here(Roles(admin=(ME,))).role == "admin"
    assert here(Roles(admin=(ME,)), read_only=True).role == "viewer"


def test_the_name_is_the_systems_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("USER", "LOGNAME", "SUDO_USER"):
        monkeypatch.setenv(variable, "root-of-all")
    assert here(Roles()).who == ME


def test_where_from_is_told_and_cannot_carry_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "203.0.113.7 52114 198.51.100.2 22")
    assert here(Roles()).origin.endswith("from 203.0.113.7")
    monkeypatch.setenv("SSH_CONNECTION", "\x1b[31mroot 1 2 3")
    assert "\x1b" not in here(Roles()).origin


@pytest.mark.parametrize("action", ACTS)
def test_a_viewer_may_do_none_of_it_and_an_operator_all(action: str) -> None:
    assert not Person("v", "viewer", "").may(action)
    assert Person("o", "operator", "").may(action)
    assert "v is viewer here" in Person("v", "viewer", "").why_not(action)


def test_a_user_the_system_does_not_know_has_a_number_and_no_groups() -> None:
    assert name_of(4_000_000_000) == "uid4000000000"
    assert groups_of("uid4000000000") == frozenset()


def test_a_user_without_a_name_is_called_the_same_by_screens_and_by_whoever_leads() -> None:
    uid = next(n for n in range(54_321, 60_000) if name_of(n) == f"uid{n}")
    assert Acting()._name(uid) == name_of(uid)
