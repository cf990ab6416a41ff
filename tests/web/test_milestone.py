"""What happens when somebody presses a button, and when somebody else was faster?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from milestones.changes import health_words
from milestones.models import DateRevision, Dependency, OutgoingMail
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


def test_in_the_fields_that_both_changed_the_reader_chooses(cast: Cast, client_of: SignIn) -> None:
    office, other = client_of(cast.office), client_of(cast.colleague)
    opened = fields(office.get(f"{ROOF}edit/").context["form"])
    theirs = {**opened, "title": "他们的标题", "criterion": "他们的标准"}
    assert other.post(f"{ROOF}edit/", theirs).status_code == 302
    mine = {**opened, "title": "我的标题", "stage": "封顶"}
    answer = office.post(f"{ROOF}edit/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'name="take-title" value="theirs"' in page
    assert 'name="take-criterion"' not in page, "only they changed it"
    form = answer.context["form"]
    kept = {name: str(form[name].value() or "") for name in ("title", "criterion", "stage", "version")}
    assert kept == {"title": "我的标题", "criterion": "他们的标准", "stage": "封顶", "version": "3"}
    assert office.post(f"{ROOF}edit/", {**mine, **kept, "take-title": "theirs"}).status_code == 302
    cast.roof.refresh_from_db()
    assert (cast.roof.title, cast.roof.criterion, cast.roof.stage) == ("他们的标题", "他们的标准", "封顶")


def test_a_date_may_be_typed_in_words(cast: Cast, client_of: SignIn) -> None:
    office = client_of(cast.office)
    said = {"due_said": "15个工作日后", "reason": "高温停工", "version": 2}
    assert office.post(f"{ROOF}reschedule/", said).status_code == 302
    cast.roof.refresh_from_db()
    assert cast.roof.due_on.isoformat() == "2023-10-18"  # the holidays of October are not worked, two weekends are
    answer = office.post(f"{ROOF}reschedule/", {**said, "due_said": "sometime", "version": 3})
    assert answer.status_code == 422
    assert 'value="sometime"' in answer.content.decode()


def test_a_later_date_is_asked_for_and_decided_on_the_page(cast: Cast, client_of: SignIn) -> None:
    owner, office = client_of(cast.owner), client_of(cast.office)
    wish = {"due_on": "2023-11-20", "due_precision": "day", "reason": "钢构件晚到", "progress": "60", "version": 2}
    assert owner.post(f"{ROOF}extend/", wish).status_code == 302
    asked = cast.roof.extensions.get()
    approve = f"/extensions/{asked.pk}/approve/"
    assert approve not in owner.get(ROOF).content.decode()
    assert approve in office.get(ROOF).content.decode()
    assert "钢构件晚到" in office.get(approve).content.decode()
    assert office.post(approve, {"version": asked.version, "note": "同意"}).status_code == 302
    cast.roof.refresh_from_db()
    assert (cast.roof.due_on.isoformat(), cast.roof.baseline_on.isoformat()) == ("2023-11-20", "2023-10-31")


def test_what_it_hangs_on_is_added_changed_and_removed(cast: Cast, client_of: SignIn) -> None:
    office = client_of(cast.office)
    page = office.post(
        f"{ROOF}depend/", {"predecessor": "fin-09", "lag": "5", "version": 2}, follow=True
    ).content.decode()
    tie = Dependency.objects.get()
    assert tie.predecessor == cast.ring
    assert f"/dependencies/{tie.pk}/edit/" in page
    office.post(f"/dependencies/{tie.pk}/edit/", {"version": 1, "lag": "2"})
    tie.refresh_from_db()
    assert tie.lag == 2
    refused = office.post("/plans/p-2023/milestones/FIN-09/depend/", {"predecessor": "FIN-08", "version": 2})
    assert refused.status_code == 422
    assert office.post(f"/dependencies/{tie.pk}/remove/", {"version": 2}).status_code == 302
    assert not Dependency.objects.exists()


def test_a_comment_mentions_and_is_read_by_the_parties_only(cast: Cast, client_of: SignIn) -> None:
    page = client_of(cast.office).post(f"{ROOF}comment/", {"text": "请 @owner 某 核对"}, follow=True).content.decode()
    assert '<b class="mention">@owner 某</b>' in page
    assert OutgoingMail.objects.filter(recipient=cast.owner).count() == 1
    assert "核对" not in client_of(cast.viewer).get(ROOF).content.decode()
    assert client_of(cast.viewer).post(f"{ROOF}comment/", {"text": "我也要说"}).status_code == 403
    refused = client_of(cast.owner).post(f"{ROOF}comment/", {"text": "@viewer 某 看看"})
    assert refused.status_code == 422
    assert "看看" in refused.content.decode()


def test_one_watches_and_stops(cast: Cast, client_of: SignIn) -> None:
    viewer = client_of(cast.viewer)
    for value, count in (("1", 1), ("0", 0)):
        assert viewer.post(f"{ROOF}watch/", {"watch": value}).status_code == 302
        assert cast.roof.watches.count() == count


def test_a_health_set_by_hand_is_shown_as_such_and_taken_back(cast: Cast, client_of: SignIn) -> None:
    office = client_of(cast.office)
    said = {"health": "red", "reason": "现场停工", "until": "2023-09-30", "version": 2}
    page = office.post(f"{ROOF}override/", said, follow=True).content.decode()
    override = cast.roof.health_overrides.get()
    assert "现场停工" in page
    assert 'class="reason health-red"' in page
    assert office.post(f"/overrides/{override.pk}/withdraw/", {"version": 1}).status_code == 302
    assert 'class="reason health-red"' not in office.get(ROOF).content.decode()


def test_the_office_adds_a_milestone_which_gets_a_code(cast: Cast, client_of: SignIn) -> None:
    office = client_of(cast.office)
    new = {"workstream": cast.stream.pk, "title": "新节点", "kind": "event", "weight": "1", "due_said": "年内"}
    answer = office.post("/plans/p-2023/new-milestone/", new)
    assert answer["Location"] == "/plans/p-2023/milestones/FIN-10/"
    assert client_of(cast.owner).get("/plans/p-2023/new-milestone/").status_code == 403


def test_why_a_reminder_comes_is_told_step_by_step(cast: Cast, client_of: SignIn) -> None:
    office = client_of(cast.office).get(f"{ROOF}why/?person={cast.owner.pk}").content.decode()
    assert "<select" in office
    assert "owner 某" in office
    other = client_of(cast.viewer).get(f"{ROOF}why/?person={cast.coordinator.pk}").content.decode()
    assert "coordinator 某" not in other, "of others only the office asks"


def fields(form: Any) -> dict[str, Any]:
    """What a browser sends of a form as it was opened."""
    given = {name: form[name].value() for name in form.fields if name != "parties"}
    return {name: "" if value is None else str(value) for name, value in given.items()}


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
