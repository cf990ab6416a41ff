"""Are many milestones assigned, moved or copied as looked at, all or none, with one mail a person?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones.admin import bulk
from milestones.models import ChangeEntry, DateRevision, Milestone, OutgoingMail
from milestones.people import operations as people
from milestones.planning import operations
from milestones.workdays.periods import FuzzyDate, Precision
from tests import cast as casting
from tests.admin.forms import Desk
from tests.admin.test_saving import url
from tests.cast import Cast

LIST = "/admin/milestones/milestone/"
HOW: Any = {"actor": casting.SYSTEM, "now": casting.NOW}
YEAR_END_2024 = FuzzyDate(date(2024, 12, 31), Precision.YEAR)


class Bulk:
    """Choose rows and an action on the list, then go through its pages."""

    def __init__(self, desk: Desk, action: str, *chosen: Milestone) -> None:
        self.desk = desk
        first = {"action": action, "index": "0", "_selected_action": [str(m.pk) for m in chosen]}
        self.shown = desk.client.post(LIST, first)
        self.kept = {"action": self.shown.context["job"].name, "_selected_action": [str(m.pk) for m in chosen][:1]}
        self.kept |= {"rows": self.shown.context["form"]["rows"].value()}

    def press(self, step: str, **typed: Any) -> Any:
        self.shown = self.desk.client.post(LIST, {**self.kept, **typed, "step": step})
        return self.shown

    @property
    def lines(self) -> list[tuple[str, str, str, str]]:
        return [(line.milestone.code, line.old, line.new, line.refusal) for line in self.shown.context["lines"]]


@pytest.fixture
def seen(running: Cast) -> int:
    return ChangeEntry.objects.count()


def test_what_would_change_is_shown_and_nothing_is_written(desk: Desk, running: Cast, seen: int) -> None:
    page = Bulk(desk, "assign", running.school, running.rules)
    page.press("look", person=str(running.other.pk))
    assert page.lines == [("FIN-03", "unassigned", "other", ""), ("FIN-02", "unassigned", "other", "")]
    assert ChangeEntry.objects.count() == seen
    assert not OutgoingMail.objects.exists()


def test_assigning_many_writes_an_entry_each_and_one_mail(desk: Desk, running: Cast, seen: int) -> None:
    page = Bulk(desk, "assign", running.school, running.rules)
    assert page.press("apply", person=str(running.other.pk)).status_code == 302
    assert ChangeEntry.objects.count() == seen + 2
    assert set(Milestone.objects.owned_by(running.other)) == {running.school, running.rules}
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.kind) == (running.other, "duties")
    assert "FIN-02" in mail.text
    assert "FIN-03" in mail.text


def test_a_hand_over_in_bulk_needs_a_reason_for_the_rows_that_have_an_owner(desk: Desk, running: Cast) -> None:
    page = Bulk(desk, "assign", running.roof, running.rules)
    refused = page.press("apply", person=str(running.other.pk))
    assert refused.status_code == 200
    assert {code: bool(refusal) for code, _old, _new, refusal in page.lines} == {"FIN-01": True, "FIN-03": False}
    assert "1 milestone cannot be changed, so none will be." in refused.content.decode()
    assert not Milestone.objects.owned_by(running.other).exists()
    assert page.press("apply", person=str(running.other.pk), reason="调岗").status_code == 302
    verbs = ChangeEntry.objects.order_by("-id").values_list("verb", flat=True)[:2]
    assert set(verbs) == {"milestone.hand_over", "milestone.assign"}
    assert OutgoingMail.objects.count() == 1


def test_only_active_people_can_be_chosen(desk: Desk, running: Cast) -> None:
    people.deactivate(running.other, actor=casting.SYSTEM, now=casting.NOW)
    answer = Bulk(desk, "assign", running.rules).press("apply", person=str(running.other.pk))
    assert list(answer.context["form"].errors) == ["person"]


def test_rescheduling_to_a_fuzzy_date(desk: Desk, running: Cast) -> None:
    page = Bulk(desk, "reschedule", running.school, running.rules)
    assert page.press("apply", due_on="2023-08-01", due_precision="quarter", reason="统筹").status_code == 302
    third = FuzzyDate(date(2023, 9, 30), Precision.QUARTER)
    assert {m.due for m in Milestone.objects.filter(code__in=["FIN-02", "FIN-03"])} == {third}
    assert set(DateRevision.objects.values_list("reason", flat=True)) == {"统筹"}


def test_rescheduling_by_working_days_counts_from_each_present_date(desk: Desk, running: Cast) -> None:
    page = Bulk(desk, "reschedule", running.school, running.rules)
    page.press("look", days="3", reason="台风")
    assert [(code, new) for code, _old, new, _no in page.lines] == [
        ("FIN-03", "March 20, 2023"),
        ("FIN-02", "July 5, 2023"),
    ]
    assert page.press("apply", days="3", reason="台风").status_code == 302
    assert Milestone.objects.get(code="FIN-03").due == FuzzyDate(date(2023, 3, 20))
    assert Milestone.objects.get(code="FIN-03").baseline == FuzzyDate(date(2023, 3, 15))


def test_working_days_can_be_taken_back(desk: Desk, running: Cast) -> None:
    assert Bulk(desk, "reschedule", running.rules).press("apply", days="-1", reason="提前").status_code == 302
    assert Milestone.objects.get(code="FIN-03").due == FuzzyDate(date(2023, 3, 14))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"days": "3"}, "reason"),
        ({"reason": "x"}, "due"),
        ({"reason": "x", "days": "3", "due_on": "2023-08-01"}, "due"),
    ],
)
def test_what_is_missing_or_too_much_is_told_at_its_field(desk: Desk, running: Cast, typed: Any, field: str) -> None:
    answer = Bulk(desk, "reschedule", running.rules).press("apply", **typed)
    assert list(answer.context["form"].errors) == [field]


def test_one_row_that_cannot_be_changed_stops_all_and_is_named(desk: Desk, running: Cast, seen: int) -> None:
    desk.client.post(url(running.rules, "do/cancel"), {"reason": "取消"})
    page = Bulk(desk, "reschedule", running.school, running.rules)
    answer = page.press("apply", days="3", reason="台风")
    assert [code for code, _old, _new, refusal in page.lines if refusal] == ["FIN-03"]
    assert "FIN-03 节点 FIN-03</b>: This milestone is cancelled" in answer.content.decode()
    assert Milestone.objects.get(code="FIN-02").due == running.school.due


def test_a_row_changed_since_it_was_looked_at_stops_all(desk: Desk, next_desk: Desk, running: Cast) -> None:
    page = Bulk(desk, "assign", running.school, running.rules)
    next_desk.save(url(running.school), title="同事的标题")
    page.press("apply", person=str(running.other.pk))
    assert [code for code, _old, _new, refusal in page.lines if "changed this at" in refusal] == ["FIN-02"]
    assert not Milestone.objects.owned_by(running.other).exists()


def test_choosing_too_many_is_said(desk: Desk, running: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LIMIT", 1)
    chosen = {"action": "assign", "index": "0", "_selected_action": [str(running.school.pk), str(running.rules.pk)]}
    assert "at most 1 milestones" in desk.client.post(LIST, chosen, follow=True).content.decode()


def test_rows_that_were_tampered_with_are_refused(desk: Desk, running: Cast) -> None:
    page = Bulk(desk, "assign", running.rules)
    answer = page.press("apply", person=str(running.other.pk), rows="x:y")
    assert list(answer.context["form"].errors) == ["rows"]


def test_what_is_moved_to_another_workstream_is_shown_first_and_one_of_another_plan_stops_all(
    desk: Desk, running: Cast
) -> None:
    trade = casting.workstream(running.plan, "TRD", "贸易")
    page = Bulk(desk, "move", running.school, running.rules)
    page.press("look", workstream=str(trade.pk))
    assert [line[1:] for line in page.lines] == [("金融", "贸易", "")] * 2
    assert page.press("apply", workstream=str(trade.pk), reason="归口调整").status_code == 302
    assert set(Milestone.objects.filter(workstream=trade)) == {running.school, running.rules}
    elsewhere = casting.workstream(casting.plan("p-2024"), "FIN")
    page = Bulk(desk, "move", running.school)
    assert page.press("apply", workstream=str(elsewhere.pk)).status_code == 200
    assert "another plan" in page.lines[0][3]


def test_copies_are_shown_first_and_fall_on_the_same_day_of_the_other_year(desk: Desk, running: Cast) -> None:
    march = FuzzyDate(date(2023, 3, 31), Precision.QUARTER)
    operations.change(running.school, {"parent": running.roof, "due": march}, reason="调", **HOW)
    year: dict[str, Any] = {"year": 2024, "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
    other = casting.plan("p-2024", **year)
    page = Bulk(desk, "copy", running.roof, running.school)
    page.press("look", plan=str(other.pk))
    assert all("has no workstream FIN" in line[3] for line in page.lines)
    stream = casting.workstream(other)
    casting.milestone(other, stream, "FIN-02", FuzzyDate(date(2024, 2, 1)))
    assert page.press("look", plan=str(other.pk)).status_code == 200
    assert "p-2024 · 金融 · FIN-03 · " in page.lines[0][2]
    assert Milestone.objects.filter(plan=other).count() == 1
    assert page.press("apply", plan=str(other.pk)).status_code == 302
    roof, school = (Milestone.objects.get(plan=other, code=code) for code in ("FIN-01", "FIN-03"))
    assert (roof.due, school.due) == (YEAR_END_2024, FuzzyDate(date(2024, 3, 31), Precision.QUARTER))
    assert (roof.accountable, roof.lead, roof.state) == (running.owner, running.bureau, "planned")
    assert (school.parent, school.baseline) == (roof, school.due)
    assert "FIN-01" in ChangeEntry.objects.of(roof).get().reason
    assert not OutgoingMail.objects.filter(kind="duties").exists()  # drafts tell nobody


def test_cancelling_many_needs_a_reason(desk: Desk, running: Cast) -> None:
    page = Bulk(desk, "cancel", running.school, running.rules)
    assert list(page.press("apply").context["form"].errors) == ["reason"]
    assert page.press("apply", reason="不再实施").status_code == 302
    assert Milestone.objects.filter(state="cancelled").count() == 2


def test_a_clone_has_its_own_code_and_tells_its_owner_once(desk: Desk, running: Cast) -> None:
    address = url(running.roof, "more/clone")
    assert desk.client.get(address).context["form"]["code"].value() == "FIN-04"
    typed = {"code": "FIN-01", "title": "二期封顶", "due_on": "2023-11-30", "due_precision": "day"}
    assert "already taken" in desk.client.post(address, typed).content.decode()
    assert desk.client.post(address, {**typed, "code": "FIN-09"}).status_code == 302
    made = Milestone.objects.get(code="FIN-09")
    assert (made.title, made.due, made.lead) == ("二期封顶", FuzzyDate(date(2023, 11, 30)), running.bureau)
    assert OutgoingMail.objects.get(kind="duties").recipient == running.owner
