"""What stays in the store, what is tidied away, and what never gets that far?"""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from milestones.changes import readable
from milestones.errors import DomainError
from milestones.evidence import apart, operations, receiving, store
from milestones.evidence.receiving import MOST_BYTES
from milestones.evidence.uploads import UpToTheLimit
from milestones.models import ChangeEntry
from tests import cast as casting
from tests.cast import NOW, Cast, acting
from tests.evidence import files
from tests.evidence.conftest import Attach

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "EVIDENCE_DIR", tmp_path / "evidence")
    return tmp_path / "evidence"


def orphan(content: bytes, *, days: int) -> str:
    """A file that was received for a verb which was then rolled back."""
    with store.draft() as draft:
        draft.write_bytes(content)
        digest = sha256(content).hexdigest()
        store.keep(draft, store.path(digest))
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(store.path(digest), (then, then))
    return digest


def test_what_no_row_speaks_of_goes_after_a_day(attach: Attach) -> None:
    kept = attach(files.photo(), "a.jpg").sha256
    old, young = orphan(b"old", days=2), orphan(b"young", days=0)
    for path in (store.path(kept), store.preview(kept)):
        os.utime(path, (0, 0))
    assert store.tidy(timezone.now()) == 1
    assert [store.path(one).exists() for one in (kept, old, young)] == [True, False, True]
    assert store.preview(kept).exists()


def test_who_brings_the_same_bytes_again_makes_them_young(attach: Attach) -> None:
    content = files.pdf("同意")
    digest = orphan(content, days=30)
    found = attach(content, "a.pdf")
    assert found.sha256 == digest
    found.delete()  # as if its transaction had not been committed yet
    assert store.tidy(timezone.now()) == 0


def test_one_file_for_two_milestones_lies_there_once(attach: Attach, running: Cast, own_store: Path) -> None:
    one = attach(files.pdf("同意"), "a.pdf")
    two = attach(files.pdf("同意"), "b.pdf", milestone=running.school, actor=acting(running.office))
    assert (one.sha256, one.file_name, two.file_name) == (two.sha256, "a.pdf", "b.pdf")
    assert len([*store.names()]) == 1


def test_names_of_the_store_lead_nowhere_else() -> None:
    for name in ("../x", "ab/../../x", "/etc/passwd", "ab/" + "c" * 61, "AB/" + "c" * 62, "ab/" + "c" * 62 + ".exe"):
        with pytest.raises(ValueError, match="no name"):
            store.named(name)


@pytest.mark.parametrize("who", ["stranger", "viewer"])
def test_a_stranger_does_not_even_fill_the_disk(attach: Attach, running: Cast, own_store: Path, who: str) -> None:
    with pytest.raises(DomainError) as refusal:
        attach(files.photo(), "a.jpg", actor=acting(getattr(running, who)))
    assert refusal.value.code == "forbidden"
    assert not own_store.exists()


def test_the_reader_has_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(files.pdf("同意"))
    seen: dict[str, object] = {}
    run: Any = subprocess.run

    def watched(command: object, **options: object) -> object:
        seen.update(options)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", watched)
    assert receiving.read(tmp_path / "a", tmp_path / "p").kind is not None
    assert set(seen["env"]) == {"MALLOC_ARENA_MAX", "PATH", "LC_ALL"}  # type: ignore[call-overload]
    assert "timeout" in seen


@pytest.mark.parametrize(("code", "why"), [(-9, "too_much"), (1, "broken")])
def test_a_reader_that_dies_refuses_the_file(code: int, why: str) -> None:
    assert apart.understood(code, b"")["refused"] == why


def test_an_upload_hands_on_hardly_more_than_the_limit() -> None:
    """Whatever a browser sends: the rest is read and dropped."""
    handler = UpToTheLimit()
    handler.new_file("file", "a.jpg", "image/jpeg", None)
    piece = b"x" * (1 << 16)
    handed = [handler.receive_data_chunk(piece, 0) for _ in range(1000)]
    assert MOST_BYTES < sum(len(one) for one in handed if one) <= MOST_BYTES + len(piece)
    assert handed[-1] is None


def test_what_the_office_files_for_others_says_so(running: Cast) -> None:
    for person in (running.office, running.owner):
        operations.attach_link(running.roof, url="https://example.org/a", actor=acting(person), now=NOW)
    casting.submit(running.roof, running.office)
    entries = ChangeEntry.objects.filter(entity__in=["evidence", "milestone"]).exclude(verb="milestone.create")
    by = {(one.entry.verb, one.entry.actor_id): one.who for one in readable.read(list(entries))}
    for verb in ("milestone.submit", "evidence.attach"):
        assert by[verb, running.office.pk].startswith("office (")
    assert by["evidence.attach", running.owner.pk] == "owner"
