"""Does the office issue, file, cancel and print notices in the workbench, one and many, and see which are late?"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from milestones.models import Milestone, Notice, OutgoingMail
from milestones.planning import operations as planning
from milestones.reminders import engine
from tests import cast as casting
from tests.admin.forms import Desk
from tests.admin.test_bulk import Bulk
from tests.admin.test_saving import url
from tests.cast import NOW, SYSTEM, Cast
from tests.notices.cast import issue

LIST = "/admin/milestones/notice/"


def page(desk: Desk, milestone: Milestone) -> Any:
    return desk.client.get(url(milestone, "more/notice"))


def typed(form: Any, **values: Any) -> dict[str, Any]:
    """What a browser would send: everything shown, except what was typed."""
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**shown, **values}.items() if value is not None}


@pytest.fixture
def notice(running: Cast) -> Notice:
    return issue(running)


def test_the_form_suggests_lead_level_and_matter(desk: Desk, running: Cast) -> None:
    form = page(desk, running.roof).context["form"]
    assert (form["level"].value(), form["organisation"].value()) == ("yellow", running.bureau.pk)  # long overdue by now
    assert "FIN-01" in form["matter"].value()
    assert list(form.fields["organisation"].queryset) == [running.bureau]


def test_a_notice_is_issued_from_the_milestones_page(desk: Desk, running: Cast) -> None:
    assert "Issue notice" in desk.text(url(running.roof))
    form = page(desk, running.roof).context["form"]
    answer = desk.client.post(url(running.roof, "more/notice"), typed(form, level="red"), follow=True)
    notice = Notice.objects.get()
    assert answer.redirect_chain[-1][0] == url(notice)
    text = answer.content.decode()
    assert "The notice is issued." in text
    assert "Told by mail: owner, coordinator" in text or "Told by mail: coordinator, owner" in text
    assert (notice.level, notice.organisation, notice.issued_by) == ("red", running.bureau, running.office)
    assert OutgoingMail.objects.filter(kind="notice").count() == 2


def test_a_refusal_comes_back_in_the_form(desk: Desk, running: Cast, notice: Notice) -> None:
    form = page(desk, running.roof).context["form"]
    answer = desk.client.post(url(running.roof, "more/notice"), typed(form, level="blue"))
    assert answer.status_code == 200
    assert notice.label in str(answer.context["form"].errors["level"])
    assert Notice.objects.count() == 1


def test_who_could_not_be_told_is_said(desk: Desk, running: Cast) -> None:
    town = casting.organisation("TWN", "泥城镇")
    planning.change(running.rules, {"lead": town}, actor=SYSTEM, now=timezone.now())
    form = page(desk, running.rules).context["form"]
    answer = desk.client.post(url(running.rules, "more/notice"), typed(form), follow=True)
    assert "Nobody could be told by mail" in answer.content.decode()


def test_what_the_office_files_for_others_is_shown_as_such(desk: Desk, running: Cast, notice: Notice) -> None:
    assert desk.client.post(url(notice, "do/sign"), {"version": 1}).status_code == 302
    assert desk.client.post(url(notice, "do/reply"), {"version": 2, "reply": "电话答复"}).status_code == 302
    text = desk.text(url(notice))
    assert text.count("(on behalf)") == 2
    changes = desk.client.get(url(notice, "history")).context["changes"]
    assert [(change.verb, change.who) for change in changes] == [
        ("notice answered", "office"),
        ("notice signed for", "office"),
        ("notice issued", "office"),
    ]


def test_a_notice_is_cancelled_with_a_reason(desk: Desk, running: Cast, notice: Notice) -> None:
    assert desk.client.post(url(notice, "do/cancel"), {"version": 1}).context["form"].errors["reason"]
    assert desk.client.post(url(notice, "do/cancel"), {"version": 1, "reason": "发错"}).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.reason) == ("cancelled", "发错")
    assert "do/sign" not in desk.text(url(notice))


def test_the_second_of_two_at_the_desk_is_told(desk: Desk, next_desk: Desk, running: Cast, notice: Notice) -> None:
    desk.client.post(url(notice, "do/reply"), {"version": 1, "reply": "甲"})
    answer = next_desk.client.post(url(notice, "do/reply"), {"version": 1, "reply": "乙"})
    assert "changed this" in str(answer.context["form"].errors)
    notice.refresh_from_db()
    assert notice.reply == "甲"


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 3), ("level=red", 1), ("state=replied", 0), ("late=yes", 2), ("q=FIN-02", 1), ("year=2023", 3)],
)
def test_notices_are_found(desk: Desk, running: Cast, query: str, found: int) -> None:
    issue(running)
    issue(running, level="red")
    issue(running, running.school, respond_days=60, now=timezone.now())
    answer = desk.client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    count = answer.context["cl"].result_count
    assert count == (2 if query == "year=2023" else found)


def test_the_list_says_level_and_lateness_in_words(desk: Desk, running: Cast, notice: Notice) -> None:
    text = desk.text(LIST)
    assert all(words in text for words in ("● blue", "No. 1 of 2023", "■ not answered in time"))


def test_a_milestones_page_lists_its_notices_and_leads_to_the_sheet(desk: Desk, running: Cast, notice: Notice) -> None:
    assert url(notice) in desk.text(url(running.roof))
    text = desk.text(url(notice))
    assert f"/notices/{notice.pk}/print" in text
    assert desk.client.get(f"/notices/{notice.pk}/print").status_code == 200


def test_every_page_opens_in_both_languages(desk: Desk, running: Cast, notice: Notice) -> None:
    pages = [LIST, url(notice), url(notice, "history"), url(running.roof, "more/notice")]
    pages += [url(notice, f"do/{verb}") for verb in ("sign", "reply", "cancel")]
    for language in ("en", "zh-hans"):
        desk.client.cookies["django_language"] = language
        assert {page: desk.client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert desk.client.get(url(notice, "do/delete-it")).status_code == 404
    assert desk.client.get(url(running.roof, "more/money")).status_code == 404


def test_it_is_the_offices_alone(running: Cast, notice: Notice, client_of: Any) -> None:
    client = client_of(running.coordinator)
    for page in (LIST, url(notice), url(notice, "do/cancel"), url(running.roof, "more/notice")):
        assert client.get(page).status_code == 403


# Many at once ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def led(running: Cast) -> Cast:
    planning.change(running.rules, {"lead": running.bureau}, actor=SYSTEM, now=timezone.now())
    running.rules.refresh_from_db()
    return running


def test_many_are_looked_at_without_taking_a_number(desk: Desk, led: Cast) -> None:
    many = Bulk(desk, "issue_many", led.roof, led.rules)
    many.press("look", level="red")
    assert [(code, old, new) for code, old, new, _refusal in many.lines] == [
        ("FIN-03", "—", "■ red"),
        ("FIN-01", "—", "■ red"),
    ]
    assert not Notice.objects.exists()
    assert issue(led).number == 1


def test_many_are_issued_one_notice_each(desk: Desk, led: Cast) -> None:
    many = Bulk(desk, "issue_many", led.roof, led.rules)
    assert many.press("apply", level="yellow", respond_days="6").status_code == 302
    notices = Notice.objects.order_by("number")
    assert [(n.number, n.milestone.code, n.level) for n in notices] == [
        (1, "FIN-03", "yellow"),
        (2, "FIN-01", "yellow"),
    ]
    assert all(n.milestone.code in n.matter for n in notices)
    assert "2 notices were issued." in desk.text("/admin/milestones/milestone/")


def test_one_that_cannot_be_issued_stops_them_all(desk: Desk, led: Cast) -> None:
    many = Bulk(desk, "issue_many", led.roof, led.school)
    planning.change(led.school, {"lead": None}, actor=SYSTEM, now=timezone.now())
    many = Bulk(desk, "issue_many", led.roof, led.school)
    assert many.press("apply", level="red", matter="请答复").status_code == 200
    assert {code: bool(refusal) for code, _old, _new, refusal in many.lines} == {"FIN-01": False, "FIN-02": True}
    assert not Notice.objects.exists()


def test_the_list_says_which_step_issued_a_notice(desk: Desk, running: Cast, notice: Notice) -> None:
    """By hand, by a step, and by the system for another reason."""
    at = NOW.replace(year=2024, month=1, day=8)  # 5 working days after the year's end
    engine.sweep(at)
    issue(running, running.school, level="blue", actor=SYSTEM)
    issued = Notice.objects.get(milestone=running.roof, level="yellow")
    text = desk.text(LIST)
    assert "the step overdue-5" in text
    assert "the system" in text
    assert str(running.office) in text
    assert "the step overdue-5" in desk.text(url(issued))
