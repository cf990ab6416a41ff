"""Do `loaddemo` and `cleardemo` print, keep and forget what they should?"""

from __future__ import annotations

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from milestones.demo import logins
from milestones.demo.accounts import Login
from milestones.models import Person, Plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    return tmp_path / "var"


def run(name: str, *options: str) -> str:
    out = StringIO()
    call_command(name, *options, stdout=out)
    return out.getvalue()


def test_every_login_is_printed_and_kept_for_the_owner_of_the_files_only(var: Path) -> None:
    printed = run("loaddemo", "--year", "2023").splitlines()
    path = var / "demo-logins.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert printed == ["login: {role} {email} {password}".format(**entry) for entry in kept]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Person.objects.get(email=kept[0]["email"]).check_password(kept[0]["password"])
    assert [str(login) for login in logins.read(var)] == printed


def test_an_older_file_that_others_could_read_is_replaced(var: Path) -> None:
    var.mkdir()
    (var / "demo-logins.json").write_text("[]")
    (var / "demo-logins.json").chmod(0o644)
    path = logins.write([Login("office", "a@b.example", "x")], var)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert logins.read(var) == [Login("office", "a@b.example", "x")]


def test_clearing_removes_rows_and_logins_and_can_be_repeated(var: Path) -> None:
    run("loaddemo")
    assert "milestone: deleted 82" in run("cleardemo")
    assert not Plan.objects.exists()
    assert not (var / "demo-logins.json").exists()
    assert logins.read(var) == []
    run("cleardemo")
    run("loaddemo", "--year", "2023")


def test_a_second_load_is_refused(var: Path) -> None:
    run("loaddemo", "--year", "2023")
    before = (var / "demo-logins.json").read_text()
    with pytest.raises(CommandError):
        run("loaddemo")
    assert (var / "demo-logins.json").read_text() == before


def test_production_is_refused(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="BASE_URL"):
        run("loaddemo")
    assert not Plan.objects.exists()


def test_a_year_that_has_not_begun_is_refused() -> None:
    with pytest.raises(CommandError):
        run("loaddemo", "--year", "2099")
