"""Is a report filed in a minute, does its draft survive everything, and is nothing that was typed ever lost?"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from milestones.actors import Actor
from milestones.models import ChangeEntry, Evidence, GuardRefusal, Plan, ReportDraft, StatusReport
from milestones.status_reports import operations as reports
from tests.evidence import files
from tests.web.cast import TODAY, Cast
from tests.web.conftest import SignIn

REPORT = "/plans/p-2023/milestones/FIN-08/report/"
SAID: dict[str, Any] = {
    "as_of": "2023-09-21",
    "progress": "40",
    "forecast_is": "keep",
    "done": "主体已到十层",
    "obstacles": "钢构件晚一周",
    "obstacles_kinds": ["material"],
}


def autosave(client: Any, **said: Any) -> str:
    answer = client.post(REPORT, {**SAID, **said, "do": "autosave"}, headers={"HX-Request": "true"})
    return str(answer.content.decode())


def entries() -> list[str]:
    return list(ChangeEntry.objects.filter(entity="statusreport").order_by("id").values_list("verb", flat=True))


def test_a_report_with_a_photo_is_filed_and_stands_on_the_page(cast: Cast, client_of: SignIn) -> None:
    owner = client_of(cast.owner)
    photo = SimpleUploadedFile("roof.jpg", files.photo(size=(80, 60)), content_type="image/jpeg")
    page = owner.post(REPORT, {**SAID, "do": "submit", "photo": photo}, follow=True).content.decode()
    filed = StatusReport.objects.get()
    assert (filed.progress, filed.state) == (40, "submitted")
    assert filed.obstacles.endswith("：钢构件晚一周")
    assert "钢构件晚一周" in page
    assert Evidence.objects.get().has_preview
    assert "/preview" in page


def test_the_draft_saves_itself_is_nobody_elses_and_no_change_before_it_is_sent(cast: Cast, client_of: SignIn) -> None:
    owner = client_of(cast.owner)
    first = autosave(owner, version="")
    assert 'name="version" value="1"' in first
    assert 'name="version" value="1"' in autosave(owner, version="1")  # the same again: nothing is written
    assert 'name="version" value="2"' in autosave(owner, version="1", progress="45")
    assert entries() == []
    assert not StatusReport.objects.exists(), "no list, feed or export has anything to tell"
    page = owner.get(REPORT).content.decode()
    assert 'value="45"' in page
    assert "主体已到十层" in page
    office, discard = client_of(cast.office), f"/drafts/{ReportDraft.objects.get().pk}/discard/"
    assert "主体已到十层" not in office.get("/plans/p-2023/milestones/FIN-08/").content.decode()
    assert office.get(discard).status_code == office.post(discard, {"version": "2"}).status_code == 404
    assert discard in owner.get("/plans/p-2023/milestones/FIN-08/").content.decode()
    assert "主体已到十层" in owner.get(discard).content.decode()
    assert owner.post(REPORT, {**SAID, "version": "2", "do": "submit"}).status_code == 302
    assert entries() == ["report.submit"]
    assert not ReportDraft.objects.exists()
    autosave(owner, version="")
    assert owner.post(f"/drafts/{ReportDraft.objects.get().pk}/discard/", {"version": "1"}).status_code == 302
    assert not ReportDraft.objects.exists()
    assert entries() == ["report.submit"]


def test_what_was_drafted_over_the_api_is_gone_on_with_and_discarded_by_its_author_alone(
    cast: Cast, client_of: SignIn
) -> None:
    said = {"as_of": TODAY.date(), "progress": 35, "done": "来自接口"}
    drafted = reports.write(cast.roof, said, actor=Actor(cast.owner, "api"), now=TODAY)
    office, owner, discard = client_of(cast.office), client_of(cast.owner), f"/reports/{drafted.pk}/discard/"
    assert office.get(discard).status_code == 404
    assert owner.get(discard).status_code == 200
    assert "来自接口" in owner.get(REPORT).content.decode()
    autosave(owner, version="")
    assert owner.post(REPORT, {**SAID, "version": "1", "do": "submit"}).status_code == 302
    filed = StatusReport.objects.get()
    assert (filed.pk, filed.state, filed.progress) == (drafted.pk, "submitted", 40)


def test_no_form_opens_where_no_report_can_be_sent(cast: Cast, client_of: SignIn) -> None:
    Plan.objects.filter(pk=cast.roof.plan_id).update(state="closed")
    answer = client_of(cast.owner).get(REPORT)
    assert answer.status_code == 302
    told = client_of(cast.office).get(REPORT, follow=True).content.decode()
    assert "计划" in told
    assert "report-form" not in told


def test_half_a_report_is_a_draft_too(cast: Cast, client_of: SignIn) -> None:
    autosave(client_of(cast.owner), progress="", forecast_is="change", forecast_said="whenever", version="")
    draft = ReportDraft.objects.get()
    assert (draft.progress, draft.forecast, draft.done) == (None, None, "主体已到十层")


def test_two_windows_are_told_of_each_other_and_choose(cast: Cast, client_of: SignIn) -> None:
    owner = client_of(cast.owner)
    autosave(owner, version="", done="在电脑上写的")
    assert 'name="version"' not in autosave(owner, version="", done="在手机上写的")  # it knew of no draft: not saved
    answer = owner.post(REPORT, {**SAID, "version": "", "done": "在手机上写的", "do": "submit"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'name="take-done" value="theirs"' in page
    assert "在电脑上写的" in page
    assert "在手机上写的" in page
    assert 'name="take-progress"' not in page, "both typed the same"
    chosen = {**SAID, "version": "1", "done": "在手机上写的", "take-done": "theirs", "do": "submit"}
    assert owner.post(REPORT, chosen).status_code == 302
    assert StatusReport.objects.get().done == "在电脑上写的"
    again = owner.post(REPORT, {**SAID, "version": "1", "do": "submit"})
    assert again.status_code == 409, "what was filed elsewhere is not filed twice unasked"


def test_a_marking_is_told_with_its_place_and_the_rest_is_kept(cast: Cast, client_of: SignIn) -> None:
    typed = {**SAID, "done": "外框钢梁进场。\n见机密★3年纪要。其余正常。", "do": "submit"}
    answer = client_of(cast.owner).post(REPORT, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "机密★3年" in page, "what was typed stands on the page"
    assert 'href="#id_done"' in page
    draft = ReportDraft.objects.get()
    assert (draft.done, draft.progress) == ("外框钢梁进场。\n其余正常。", 40)
    assert GuardRefusal.objects.count() == 1
    assert not ChangeEntry.objects.filter(changes__icontains="机密").exists()


def test_the_office_files_on_behalf_and_it_is_shown(cast: Cast, client_of: SignIn) -> None:
    office = client_of(cast.office)
    assert "owner 某" in office.get(REPORT).content.decode()
    page = office.post(REPORT, {**SAID, "do": "submit"}, follow=True).content.decode()
    assert StatusReport.objects.get().on_behalf
    assert 'class="tag"' in page
    assert client_of(cast.viewer).get(REPORT).status_code == 403


def test_a_report_is_accepted_by_a_second_person(cast: Cast, client_of: SignIn) -> None:
    said = {"as_of": TODAY.date(), "progress": 40, "done": "十层"}
    filed = reports.file(cast.roof, said, actor=Actor(cast.owner, "web"), now=TODAY)
    office = client_of(cast.office)
    assert f"/reports/{filed.pk}/accept/" in office.get("/plans/p-2023/milestones/FIN-08/").content.decode()
    assert office.post(f"/reports/{filed.pk}/return/", {"version": filed.version, "note": ""}).status_code == 422
    assert office.post(f"/reports/{filed.pk}/return/", {"version": 1, "note": "请写停工天数"}).status_code == 302
    filed.refresh_from_db()
    assert (filed.state, filed.note) == ("returned", "请写停工天数")
