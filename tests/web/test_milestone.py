"""What happens when somebody presses a button, and when somebody else was faster?"""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from milestones.changes import health_words
from milestones.models import DateRevision, OutgoingMail
from tests.web.cast import Cast
from tests.web.conftest import SignIn

ROOF = "/plans/p-2023/milestones/FIN-08/"
DONE = {
    "statement": "封顶完成",
    "actual_on": "2023-09-20",
    "actual_precision": "day",
    "evidence_url_1": "https://example.org/photo",
    "evidence_title_1": "现场照片",
}


def test_the_owner_submits_and_a_second_person_verifies(cast: Cast, client_of: SignIn) -> None:
    owner, office = client_of(cast.owner), client_of(cast.office)
    assert owner.post(f"{ROOF}start/", {"version": 2}).status_code == 302
    page = owner.post(f"{ROOF}submit/", {**DONE, "version": 3}, follow=True).content.decode()
    assert "已报送，等第二人核销。" in page
    assert "现场照片" in page
    assert "由督查室另一人核销" in page
    assert "核销</button>" in office.get(ROOF).content.decode()
    page = office.post(f"{ROOF}verify/", {"version": 4}, follow=True).content.decode()
    assert "办结" in page
    assert "9月20日完成，按期" in page
    cast.roof.refresh_from_db()
    assert (cast.roof.state, cast.roof.verified_by) == ("completed", cast.office)
    assert [mail.kind for mail in OutgoingMail.objects.order_by("created_at", "kind")] == [
        "submitted", "submitted", "verified"]  # fmt: skip


def test_moving_a_date_keeps_the_first_promise_and_shows_the_revision(cast: Cast, client_of: SignIn) -> None:
    said = {"due_on": "2023-11-20", "due_precision": "day", "reason": "高温停工", "version": 2}
    page = client_of(cast.office).post(f"{ROOF}reschedule/", said, follow=True).content.decode()
    assert "11月20日" in page
    assert "晚 14 个工作日" in page
    assert "高温停工" in page
    assert DateRevision.objects.get(milestone=cast.roof).reason == "高温停工"


def test_any_day_of_the_period_may_be_typed(cast: Cast, client_of: SignIn) -> None:
    said = {"expected_on": "2023-11-05", "expected_precision": "month", "reason": "到货", "version": 2}
    client_of(cast.owner).post(f"{ROOF}forecast/", said)
    cast.roof.refresh_from_db()
    assert (str(cast.roof.forecast), cast.roof.due_on.isoformat()) == ("2023-11", "2023-10-31")


def test_a_missing_reason_is_asked_for_and_what_was_typed_stays(cast: Cast, client_of: SignIn) -> None:
    said = {"due_on": "2023-11-20", "due_precision": "day", "reason": " ", "version": 2}
    answer = client_of(cast.office).post(f"{ROOF}reschedule/", said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2023-11-20"' in page
    assert 'aria-invalid="true"' in page
    cast.roof.refresh_from_db()
    assert cast.roof.version == 2


def test_the_domain_says_no_in_the_readers_language(cast: Cast, client_of: SignIn) -> None:
    said = {**DONE, "actual_on": "2023-12-01", "version": 2}
    owner = client_of(cast.owner)
    assert "实际日期在未来；请填实际完成的日子" in owner.post(f"{ROOF}submit/", said).content.decode()
    owner.cookies["django_language"] = "en"
    assert "The actual date lies in the future; give the day" in owner.post(f"{ROOF}submit/", said).content.decode()


def test_a_conflict_comes_back_with_what_was_typed_and_what_changed(cast: Cast, client_of: SignIn) -> None:
    moved = {"due_on": "2023-11-20", "due_precision": "day", "reason": "高温停工", "version": 2}
    client_of(cast.colleague).post(f"{ROOF}reschedule/", moved)
    office = client_of(cast.office)
    mine = {**moved, "due_on": "2023-11-30", "reason": "另一个理由"}
    answer = office.post(f"{ROOF}reschedule/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "有人先一步改动，未保存任何内容" in page
    assert "<del>10月31日</del> → <ins>11月20日</ins>" in page
    assert 'value="2023-11-30"' in page
    assert "另一个理由" in page
    cast.roof.refresh_from_db()
    assert cast.roof.due_on.isoformat() == "2023-11-20"
    assert office.post(f"{ROOF}reschedule/", {**mine, "version": 3}).status_code == 302


def test_the_submitter_is_not_offered_to_verify(cast: Cast, client_of: SignIn) -> None:
    office = client_of(cast.office)
    office.post(f"{ROOF}submit/", {**DONE, "version": 2})
    page = office.get(ROOF).content.decode()
    assert f"{ROOF}verify/" not in page
    assert f"{ROOF}return/" in page
    answer = office.post(f"{ROOF}verify/", {"version": 3})
    assert answer.status_code == 422
    assert "报送人不能核销自己报送的节点" in answer.content.decode()


def test_the_health_is_a_shape_a_word_and_a_reason(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.viewer).get(ROOF).content.decode()
    assert '<span class="health health-green"><svg class="health-mark"' in page
    said = {"expected_on": "2023-11-05", "expected_precision": "month", "reason": "到货", "version": 2}
    client_of(cast.owner).post(f"{ROOF}forecast/", said)
    cast.roof.refresh_from_db()
    page = client_of(cast.viewer).get(ROOF).content.decode()
    assert '<span class="health health-red">' in page
    with translation.override("zh-hans"):
        assert health_words.reason(cast.roof.health_reason, year=2023) in page


def test_a_fuzzy_date_never_looks_exact(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.viewer).get("/plans/p-2023/milestones/FIN-07/").content.decode()
    assert '<span class="fuzzy" title="年内（按12月31日计）">年内</span>' in page
    assert "12月31日休息：提醒从 12月29日往前数" in page


@pytest.mark.parametrize("verb", ["return", "reopen", "cancel"])
def test_stopping_needs_a_reason(cast: Cast, client_of: SignIn, verb: str) -> None:
    assert client_of(cast.office).post(f"{ROOF}{verb}/", {"version": 2, "reason": ""}).status_code == 422


def test_a_handover_needs_a_reason_and_tells_the_new_owner(cast: Cast, client_of: SignIn) -> None:
    coordinator = client_of(cast.coordinator)
    given = {"to": str(cast.outsider.pk), "version": 2}
    assert coordinator.post(f"{ROOF}assign/", given).status_code == 422
    assert coordinator.post(f"{ROOF}assign/", {**given, "reason": "分工调整"}).status_code == 302
    assert OutgoingMail.objects.get().kind == "duties"


def test_the_page_holds_no_style_or_script_of_its_own(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.office)
    for path in ("/", "/plans/p-2023/", ROOF, "/me/"):
        answer = client.get(path)
        page = answer.content.decode()
        assert re.findall(r"<script(?! src=)", page) == []
        assert not re.search(r"<script[^>]*>[^<]", page)
        assert "style=" not in page
        assert "default-src 'self'" in answer["Content-Security-Policy"]
