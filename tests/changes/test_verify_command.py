"""Does `verify-history` say what is wrong, with an exit code, and otherwise what to note?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from milestones.changes.publish import publish_all
from milestones.evidence import store
from milestones.models import Evidence, HistorySeal, Milestone
from milestones.models.triggers import removed
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def numbered(running: Cast) -> Cast:
    publish_all()
    return running


def verify(capsys: Any, *arguments: str) -> tuple[int, str]:
    try:
        call_command("verify-history", *arguments)
    except SystemExit as end:
        return int(str(end.code)), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_whole_history_ends_with_0_and_the_digest_to_note(numbered: Cast, capsys: Any) -> None:
    code, said = verify(capsys)
    assert code == 0
    assert HistorySeal.objects.get().digest in said
    assert "milestone 3" in said


def test_what_is_wrong_is_a_line_each_and_1(numbered: Cast, capsys: Any) -> None:
    with removed(connection):
        Milestone.objects.filter(pk=numbered.roof.pk).update(weight=7)
    code, said = verify(capsys, "--plan", numbered.plan.code)
    assert code == 1
    assert said.splitlines()[0].startswith(f"milestone {numbered.roof.pk}: ")


def test_programs_read_one_object(numbered: Cast, capsys: Any) -> None:
    digest = HistorySeal.objects.get().digest
    code, said = verify(capsys, "--json", "--expect", digest.upper())
    read = json.loads(said)
    assert (code, read["faults"], read["head"], read["counts"]["milestone"]) == (0, [], digest, 3)
    code, said = verify(capsys, "--json", "--expect", "0" * 64)
    assert (code, [fault["kind"] for fault in json.loads(said)["faults"]]) == (1, ["seal"])


def test_a_plan_that_there_is_not_is_refused_in_words(numbered: Cast) -> None:
    with pytest.raises(CommandError, match="p-1999"):
        call_command("verify-history", "--plan", "p-1999")


def test_evidence_files_that_are_missing_or_changed_are_named(
    numbered: Cast, capsys: Any, settings: Any, tmp_path: Any
) -> None:
    settings.EVIDENCE_DIR = tmp_path
    sums = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("good", "changed", "gone")}
    for name, sha256 in sums.items():
        told = {"title": name, "file_name": name, "size": len(name), "sha256": sha256}
        Evidence.objects.create(milestone=numbered.roof, created_at=NOW, updated_at=NOW, **told)
        store.path(sha256).parent.mkdir(exist_ok=True)
        store.path(sha256).write_text(name)
    store.path(sums["changed"]).write_text("Changed")
    store.path(sums["gone"]).unlink()
    _code, said = verify(capsys, "--json")
    rows = {row.title: f"evidence {row.pk}" for row in Evidence.objects.all()}
    files = [fault["about"] for fault in json.loads(said)["faults"] if fault["kind"] == "file"]
    assert sorted(files) == sorted([rows["changed"], rows["gone"]])
