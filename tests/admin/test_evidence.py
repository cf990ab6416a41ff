"""How does the office look at evidence, bring it, and decide about it?"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.evidence import operations
from milestones.models import Evidence
from tests import cast as casting
from tests.admin.forms import Desk
from tests.cast import NOW, Cast, acting
from tests.evidence import files


@pytest.fixture
def cast(cast: Cast) -> Cast:
    cast.activate()
    return cast


@pytest.fixture
def photo(cast: Cast) -> Evidence:
    content = BytesIO(files.photo())
    return operations.attach_file(
        cast.roof, file=content, file_name="a.jpg", title="封顶照片", actor=acting(cast.owner), now=NOW
    )


def page(piece: Evidence, verb: str = "") -> str:
    return f"/admin/milestones/evidence/{piece.pk}/" + (f"do/{verb}/" if verb else "change/")


def test_the_list_shows_pictures_and_states(desk: Desk, photo: Evidence) -> None:
    text = desk.text("/admin/milestones/evidence/?state__exact=pending")
    assert f"/evidence/{photo.pk}/preview" in text
    assert "waiting to be checked" in text
    assert "封顶照片" not in desk.text("/admin/milestones/evidence/?state__exact=rejected")


def test_lists_and_forms_ask_as_much_for_many_pieces_as_for_few(desk: Desk, cast: Cast, photo: Evidence) -> None:
    urls = ("/admin/milestones/evidence/", f"/admin/milestones/milestone/{cast.roof.pk}/change/")
    counts: dict[str, list[int]] = {url: [] for url in urls}
    for number in range(2):
        for _piece in range(5 * number):
            operations.attach_link(cast.roof, url="https://example.org/a", actor=acting(cast.office), now=NOW)
        for url in urls:
            desk.client.get(url)
            with CaptureQueriesContext(connection) as asked:
                desk.client.get(url)
            counts[url].append(len(asked))
    assert [few == many for few, many in counts.values()] == [True, True], counts


def test_its_page_offers_what_the_state_allows(desk: Desk, photo: Evidence) -> None:
    text = desk.text(page(photo))
    assert f"/evidence/{photo.pk}/file" in text
    assert [verb for verb in ("verify", "reject", "withdraw") if page(photo, verb) in text] == [
        "verify", "reject", "withdraw"]  # fmt: skip
    desk.client.post(page(photo, "verify"), {"version": 1})
    assert page(photo, "verify") not in desk.text(page(photo))
    photo.refresh_from_db()
    assert photo.state == "verified"
    assert "evidence verified" in desk.text(f"/admin/milestones/evidence/{photo.pk}/history/").lower()


def test_rejecting_needs_a_reason(desk: Desk, photo: Evidence) -> None:
    answer = desk.client.post(page(photo, "reject"), {"version": 1, "reason": ""})
    assert "A reason is needed" in answer.content.decode()
    desk.client.post(page(photo, "reject"), {"version": 1, "reason": "看不清"})
    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("rejected", "看不清")


def test_a_file_is_attached_to_a_milestone(desk: Desk, cast: Cast) -> None:
    url = f"/admin/milestones/milestone/{cast.roof.pk}/do/attach/"
    assert 'enctype="multipart/form-data"' in desk.text(url)
    given: dict[str, Any] = {"title": "批复", "file": SimpleUploadedFile("批复.pdf", files.pdf("同意"))}
    desk.client.post(url, given)
    piece = cast.roof.evidence.get()
    assert (piece.title, piece.file_name, piece.added_by) == ("批复", "批复.pdf", cast.office)
    assert "批复" in desk.text(f"/admin/milestones/milestone/{cast.roof.pk}/change/")
    given["file"] = SimpleUploadedFile("批复.pdf", b"MZ" + b"\0" * 4000)
    assert "Files of this kind are not taken." in desk.client.post(url, given).content.decode()


def test_a_submission_on_behalf_brings_a_file_and_links(desk: Desk, cast: Cast) -> None:
    url = f"/admin/milestones/milestone/{cast.roof.pk}/do/submit/"
    given: dict[str, Any] = {
        "version": cast.roof.version,
        "actual_on": casting.TODAY.on.isoformat(),
        "actual_precision": "day",
        "statement": "已封顶",
        "evidence": "现场照片 https://example.org/a",
        "file": SimpleUploadedFile("a.jpg", files.photo()),
    }
    answer = desk.client.post(url, given)
    assert answer.status_code == 302, answer.content.decode()
    assert sorted(cast.roof.evidence.values_list("title", flat=True)) == ["a.jpg", "现场照片"]
