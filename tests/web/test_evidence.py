"""Who gets which file of evidence, under which headers, and how is one brought on the milestone's page?"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from milestones.actors import Actor
from milestones.evidence import operations, store
from milestones.evidence.receiving import MOST_BYTES
from milestones.models import Evidence, Milestone, Via
from tests.evidence import files
from tests.web import cast as casting
from tests.web.cast import Cast
from tests.web.conftest import SignIn

ROOF = "/plans/p-2023/milestones/FIN-08/"
DONE = {"statement": "封顶完成", "actual_on": "2023-09-20", "actual_precision": "day"}


@pytest.fixture
def photo(cast: Cast) -> Evidence:
    owner = Actor(cast.owner, Via.WEB)
    content = BytesIO(files.photo())
    return operations.attach_file(cast.roof, file=content, file_name="现场 1.jpg", actor=owner, now=casting.TODAY)


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")  # what the browser says counts for nothing


def read(client: Client, piece: Evidence, what: str = "file", **options: Any) -> tuple[Any, bytes]:
    """The answer, and its content."""
    answer: Any = client.get(f"/evidence/{piece.pk}/{what}", **options)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer, content


def status(client: Client, piece: Evidence, what: str = "file") -> int:
    return int(read(client, piece, what)[0].status_code)


def seen(milestone: Milestone) -> dict[str, Any]:
    """The hidden field of a form that was opened just now."""
    milestone.refresh_from_db()
    return {"version": milestone.version}


# Of a photo: the owner and the coordinator are of the lead unit, the outsider and the viewer are not.
WHO_READS = {
    #             pending    withdrawn
    "viewer":      (404,     404),
    "outsider":    (404,     404),
    "owner":       (200,     404),
    "coordinator": (200,     404),
    "leader":      (200,     404),
    "office":      (200,     200),
}  # fmt: skip


@pytest.mark.parametrize("role", WHO_READS)
def test_who_reads_a_file(cast: Cast, client_of: SignIn, photo: Evidence, role: str) -> None:
    client = client_of(getattr(cast, role))
    pending, withdrawn = WHO_READS[role]
    assert [status(client, photo, what) for what in ("file", "preview")] == [pending] * 2
    operations.withdraw(photo, reason="传错了", actor=Actor(cast.owner, Via.WEB), now=casting.TODAY)
    assert [status(client, photo, what) for what in ("file", "preview")] == [withdrawn] * 2
    page = client.get(ROOF).content.decode()
    assert (photo.title in page) == (pending == 200), "inner matters are not even named to others"


def test_a_visitor_signs_in_first(client_of: SignIn, photo: Evidence) -> None:
    for what in ("file", "preview", "withdraw/"):
        answer = client_of(None).get(f"/evidence/{photo.pk}/{what}")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_a_file_is_saved_not_shown_and_runs_nothing(cast: Cast, client_of: SignIn, photo: Evidence) -> None:
    answer, content = read(client_of(cast.owner), photo)
    assert content == files.photo()
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E7%8E%B0%E5%9C%BA%201.jpg"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Length"] == str(photo.size)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Frame-Options"] == "DENY"


def test_only_what_we_made_of_a_picture_is_shown(cast: Cast, client_of: SignIn, photo: Evidence) -> None:
    answer, content = read(client_of(cast.owner), photo, "preview")
    assert content == store.preview(photo.sha256).read_bytes()
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_browser_that_has_it_does_not_get_it_again(cast: Cast, client_of: SignIn, photo: Evidence) -> None:
    client = client_of(cast.owner)
    tag = read(client, photo)[0]["ETag"]
    assert tag == f'"{photo.sha256}"'
    again, _nothing = read(client, photo, headers={"if-none-match": tag})
    assert (again.status_code, again["ETag"], again["Cache-Control"]) == (304, tag, "private, no-cache")


def test_a_link_has_no_file_and_a_document_no_preview(cast: Cast, client_of: SignIn) -> None:
    owner = Actor(cast.owner, Via.WEB)
    link = operations.attach_link(cast.roof, url="https://example.org/a", actor=owner, now=casting.TODAY)
    paper = operations.attach_file(
        cast.roof, file=BytesIO(files.pdf("同意")), file_name="a.pdf", actor=owner, now=casting.TODAY
    )
    client = client_of(cast.owner)
    assert status(client, link) == 404
    assert status(client, paper, "preview") == 404
    assert status(client, paper) == 200


def test_a_file_that_is_gone_from_the_disk_is_told_as_not_found(cast: Cast, client_of: SignIn, photo: Evidence) -> None:
    store.path(photo.sha256).unlink()
    assert status(client_of(cast.owner), photo) == 404


# --- On the milestone's page ------------------------------------------------------------------------------------------
def test_a_submission_brings_a_file_along(cast: Cast, client_of: SignIn) -> None:
    said: dict[str, Any] = {**DONE, **seen(cast.roof), "evidence_file_title": "封顶照片"}
    client = client_of(cast.owner)
    page = client.post(f"{ROOF}submit/", {**said, "evidence_file": upload(files.photo(), "a.jpg")}, follow=True)
    assert "已报送" in page.content.decode()
    piece = cast.roof.evidence.get()
    assert (piece.title, piece.media_type, piece.added_by) == ("封顶照片", "image/jpeg", cast.owner)
    assert f"/evidence/{piece.pk}/preview" in page.content.decode()


def test_a_refused_file_is_told_at_its_field_and_nothing_is_submitted(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    client.cookies["django_language"] = "en"
    for content, words in (
        (b"MZ" + b"\0" * 4000, "Files of this kind are not taken."),
        (files.docx("机密★10年"), "carries a classification marking"),
        (b"\xff\xd8\xff".ljust(MOST_BYTES + (1 << 20), b"\0"), "larger than 20 MB"),
    ):
        answer = client.post(f"{ROOF}submit/", {**DONE, **seen(cast.roof), "evidence_file": upload(content, "a.docx")})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert words in page
        assert 'id="id_evidence_file_error"' in page
    cast.roof.refresh_from_db()
    assert (cast.roof.state, cast.roof.evidence.count()) == ("planned", 0)


def test_the_page_opens_where_something_is_wrong(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.owner).post(f"{ROOF}attach/", {"version": 2}).content.decode()
    assert page.count(" autofocus") == 1
    assert re.search(r'<input type="file" name="file"[^>]* autofocus', page)


def test_evidence_is_needed_and_asked_for(cast: Cast, client_of: SignIn) -> None:
    answer = client_of(cast.owner).post(f"{ROOF}submit/", {**DONE, **seen(cast.roof)})
    assert answer.status_code == 422
    assert 'id="id_evidence_file_error"' in answer.content.decode()


@pytest.mark.parametrize(("given", "expected"), [("file", 302), ("url", 302), ("both", 422), ("neither", 422)])
def test_one_file_or_one_link_at_a_time(cast: Cast, client_of: SignIn, given: str, expected: int) -> None:
    said = seen(cast.roof)
    if given in ("file", "both"):
        said["file"] = upload(files.pdf("同意"), "批复.pdf")
    if given in ("url", "both"):
        said["url"] = "https://example.org/a"
    assert client_of(cast.owner).post(f"{ROOF}attach/", said).status_code == expected
    assert cast.roof.evidence.count() == (expected == 302)


def test_what_waits_is_decided_on_the_page(cast: Cast, client_of: SignIn, photo: Evidence) -> None:
    owner, office = client_of(cast.owner), client_of(cast.office)
    assert f"/evidence/{photo.pk}/verify/" not in owner.get(ROOF).content.decode()
    assert f"/evidence/{photo.pk}/verify/" in office.get(ROOF).content.decode()
    assert owner.post(f"/evidence/{photo.pk}/verify/", {"version": 1}).status_code == 403
    assert office.post(f"/evidence/{photo.pk}/reject/", {"version": 1, "reason": " "}).status_code == 422
    assert office.post(f"/evidence/{photo.pk}/reject/", {"version": 1, "reason": "看不清"}).status_code == 302
    page = owner.get(ROOF).content.decode()
    assert "看不清" in page
    stale = office.post(f"/evidence/{photo.pk}/verify/", {"version": 1})
    assert stale.status_code == 409
    assert owner.get(f"/evidence/{photo.pk}/withdraw/").status_code == 200
    assert owner.post(f"/evidence/{photo.pk}/withdraw/", {"version": 2, "reason": "换一张"}).status_code == 302
    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("withdrawn", "换一张")
    assert client_of(cast.office).get(f"/evidence/{photo.pk}/erase/").status_code == 404


def test_why_a_piece_was_rejected_is_said_once_in_the_history(cast: Cast, client_of: SignIn, photo: Evidence) -> None:
    office = Actor(cast.office, Via.WEB)
    operations.reject(photo, reason="照片不清楚", actor=office, now=casting.TODAY)
    history = client_of(cast.office).get(ROOF).content.decode().partition('id="history')[2]
    assert history.count("照片不清楚") == 1
