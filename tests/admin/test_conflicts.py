"""Two at one form: is nothing overwritten unseen, and does each see what the other did?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones.models import Milestone, Organisation, Party, ReminderPolicy
from milestones.workdays.periods import FuzzyDate
from tests.admin.forms import Desk, fields
from tests.admin.test_saving import url
from tests.cast import Cast


def rows(answer: Any) -> dict[str, tuple[str, str]]:
    return {row.label: (row.present, row.typed) for row in answer.context["conflict"].rows}


def form(answer: Any) -> Any:
    return answer.context["adminform"].form


def present(cast: Cast) -> Milestone:
    return Milestone.objects.get(pk=cast.roof.pk)


@pytest.fixture
def opened(desk: Desk, running: Cast) -> dict[str, Any]:
    """The form as the office opened it, before the colleague saved."""
    return desk.open(url(running.roof))


def test_the_same_field_twice_is_told_and_keeps_both_in_sight(
    desk: Desk, next_desk: Desk, running: Cast, opened: dict[str, Any]
) -> None:
    next_desk.save(url(running.roof), title="同事的标题")
    answer = desk.send(url(running.roof), opened, title="我的标题")
    assert answer.status_code == 200
    assert present(running).title == "同事的标题"
    assert rows(answer) == {"Title": ("同事的标题", "我的标题")}
    assert form(answer)["title"].value() == "我的标题"
    assert answer.context["conflict"].who == "colleague"
    assert "colleague changed this at" in answer.content.decode()


def test_saving_again_after_looking_is_done_knowingly(
    desk: Desk, next_desk: Desk, running: Cast, opened: dict[str, Any]
) -> None:
    next_desk.save(url(running.roof), title="同事的标题")
    shown = desk.send(url(running.roof), opened, title="我的标题")
    assert desk.send(url(running.roof), fields(shown.context)).status_code == 302
    assert present(running).title == "我的标题"


def test_what_was_not_touched_takes_the_present_value(
    desk: Desk, next_desk: Desk, running: Cast, opened: dict[str, Any]
) -> None:
    next_desk.save(url(running.roof), weight="5", accountable="", criterion="验收")
    shown = desk.send(url(running.roof), opened, title="我的标题")
    assert rows(shown) == {"Weight": ("5", ""), "Owner": ("(empty)", ""), "Completion criterion": ("验收", "")}
    assert desk.send(url(running.roof), fields(shown.context)).status_code == 302
    after = present(running)
    assert (after.title, after.weight, after.accountable, after.criterion) == ("我的标题", 5, None, "验收")


def test_dates_are_compared_as_they_are_said(
    desk: Desk, next_desk: Desk, running: Cast, opened: dict[str, Any]
) -> None:
    next_desk.save(url(running.roof), due_on="2023-10-31", due_precision="day", reason="台风")
    answer = desk.send(url(running.roof), opened, due_on="2023-09-01", due_precision="quarter", reason="设计")
    assert rows(answer) == {"Due": ("October 31, 2023", "by the end of Q3 2023 (counted as September 30)")}
    untouched = desk.send(url(running.roof), opened, title="我的标题")
    assert form(untouched)["due"].value() == ["2023-10-31", "day"]
    assert present(running).due == FuzzyDate(date(2023, 10, 31))


def test_the_reason_and_what_else_was_typed_is_kept(
    desk: Desk, next_desk: Desk, running: Cast, opened: dict[str, Any]
) -> None:
    next_desk.save(url(running.roof), title="同事的标题")
    answer = desk.send(url(running.roof), opened, forecast_on="2023-11-30", reason="材料晚到")
    assert form(answer)["reason"].value() == "材料晚到"
    assert form(answer)["forecast"].value() == ["2023-11-30", "day"]


def party(role: str, number: int = 0) -> dict[str, str]:
    unit = str(Organisation.objects.get(code="FTB").pk)
    return {
        f"parties-{number}-role": role,
        f"parties-{number}-organisation": unit,
        "parties-TOTAL_FORMS": str(number + 1),
    }


def test_parties_that_others_changed_are_shown_and_kept(
    desk: Desk, next_desk: Desk, running: Cast, opened: dict[str, Any]
) -> None:
    next_desk.save(url(running.roof), **party("responsible"))
    shown = desk.send(url(running.roof), opened, title="我的标题")
    assert rows(shown) == {"parties": ("responsible: 金贸处", "")}
    assert desk.send(url(running.roof), fields(shown.context)).status_code == 302
    assert [p.role for p in Party.objects.all()] == ["responsible"]


def test_parties_typed_by_both_stand_side_by_side(
    desk: Desk, next_desk: Desk, running: Cast, opened: dict[str, Any]
) -> None:
    next_desk.save(url(running.roof), **party("responsible"))
    shown = desk.send(url(running.roof), opened, **party("supporting"))
    assert rows(shown) == {"parties": ("responsible: 金贸处", "supporting: 金贸处")}
    again = fields(shown.context)
    assert again["parties-0-DELETE"] == "on"
    assert desk.send(url(running.roof), again).status_code == 302
    assert [p.role for p in Party.objects.all()] == ["supporting"]


def test_roles_of_a_person_are_merged_like_any_field(desk: Desk, next_desk: Desk, cast: Cast) -> None:
    opened = desk.open(url(cast.owner))
    next_desk.save(url(cast.owner), roles=["owner", "viewer"])
    answer = desk.send(url(cast.owner), opened, send_hour="7")
    assert rows(answer) == {"Roles": ("owner, viewer", "")}
    assert form(answer)["roles"].value() == ["owner", "viewer"]


def test_a_ladder_that_others_changed_is_shown_as_it_is(desk: Desk, next_desk: Desk, cast: Cast) -> None:
    policy = ReminderPolicy.objects.get()
    opened = desk.open(url(policy))
    next_desk.save(url(policy), **{"steps-0-offset": "25"})
    answer = desk.send(url(policy), opened, name="新名字", **{"steps-0-offset": "20"})
    now, typed = rows(answer)["steps"]
    assert "25 working days" in now
    assert " 20 " in typed
    assert answer.context["inline_admin_formsets"][0].formset.forms[0]["offset"].value() == "25"
    assert form(answer)["name"].value() == "新名字"


def test_a_form_without_its_version_is_refused(desk: Desk, running: Cast, opened: dict[str, Any]) -> None:
    without = {name: value for name, value in opened.items() if name != "seen"}
    assert desk.send(url(running.roof), without, title="x").status_code == 200
    assert present(running).title == "节点 FIN-01"


def test_a_plan_closed_meanwhile_refuses_the_form(
    desk: Desk, next_desk: Desk, running: Cast, opened: dict[str, Any]
) -> None:
    next_desk.client.post(url(running.plan, "do/close"), {})
    assert desk.send(url(running.roof), opened, title="x").status_code == 403
