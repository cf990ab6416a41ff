"""How does the office read, accept and return reports, decide on later dates, and file for somebody else?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from milestones.extensions import operations as extensions
from milestones.models import Extension, Milestone, Person, StatusReport
from milestones.planning import operations as planning
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate, Precision
from tests.admin.forms import Desk, errors
from tests.cast import SYSTEM, Cast, acting

LIST = "/admin/milestones/{}/"
SOON = FuzzyDate(date(timezone.now().year + 2, 3, 31), Precision.QUARTER)


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The plan active since this year began, `roof` due at its end: the admin's clock is the real one."""
    now = timezone.now()
    cast.plan.starts_on, cast.plan.ends_on = date(now.year, 1, 1), date(now.year + 2, 12, 31)
    cast.plan.save()
    cast.activate()
    due = FuzzyDate(date(now.year + 1, 12, 31), Precision.YEAR)
    planning.reschedule(cast.roof, due, reason="顺延", actor=SYSTEM, now=now)
    return cast


def today(back: int = 0) -> date:
    return timezone.localdate() - timedelta(days=back)


def report(cast: Cast, by: Person, *, submitted: bool = True, **values: Any) -> StatusReport:
    verb = reports.file if submitted else reports.write
    said = {"as_of": today(), "progress": 40, "done": "主体施工", **values}
    return verb(present(cast.roof), said, actor=acting(by), now=timezone.now())


def present(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


def request(cast: Cast, by: Person) -> Extension:
    said: Any = {"due": SOON, "reason": "台风停工三周", "progress": 60}
    return extensions.request(present(cast.roof), **said, actor=acting(by), now=timezone.now())


def page(row: Any, verb: str = "") -> str:
    return f"{LIST.format(row._meta.model_name)}{row.pk}/" + (f"do/{verb}/" if verb else "change/")


def offered(desk: Desk, row: Any, verbs: str) -> list[str]:
    text = desk.text(page(row))
    return [verb for verb in verbs.split() if page(row, verb) in text]


def act(desk: Desk, row: Any, verb: str, **typed: Any) -> str:
    """The page that answers; the row is read again."""
    answer = desk.client.post(page(row, verb), {"version": row.version, **typed}, follow=True)
    row.refresh_from_db()
    return str(answer.content.decode())


# --- Reports ----------------------------------------------------------------------------------------------------------
def test_the_office_files_for_somebody_else_and_it_says_so(desk: Desk, cast: Cast) -> None:
    url = f"{LIST.format('statusreport')}add/"
    typed: dict[str, Any] = {"milestone": str(cast.roof.pk), "as_of": today().isoformat(), "progress": "40"}
    forecast = {"forecast_on": SOON.on.isoformat(), "forecast_precision": "quarter"}
    answer = desk.save(url, **typed, **forecast, done="主体施工", obstacles="", help_needed="")
    assert answer.status_code == 302, errors(answer)
    filed = StatusReport.objects.get()
    assert (filed.author, filed.on_behalf, filed.state, filed.forecast) == (cast.office, True, "draft", SOON)
    assert offered(desk, filed, "submit accept return") == ["submit"]
    act(desk, filed, "submit")
    assert (filed.state, present(cast.roof).forecast) == ("submitted", SOON)


def test_a_refusal_stands_at_its_field(desk: Desk, cast: Cast) -> None:
    url = f"{LIST.format('statusreport')}add/"
    typed = {"milestone": str(cast.roof.pk), "as_of": (today() + timedelta(days=1)).isoformat(), "progress": "40"}
    answer = desk.save(url, **typed, done="主体施工")
    assert "future" in errors(answer)["as_of"][0]


def test_what_was_submitted_is_read_and_accepted_or_returned(desk: Desk, cast: Cast) -> None:
    one = report(cast, cast.owner, obstacles="台风")
    assert offered(desk, one, "submit accept return") == ["accept", "return"]
    assert "台风" in desk.text(page(one, "return"))
    assert "Say in a sentence what is missing" in act(desk, one, "return", note="")
    act(desk, one, "return", note="缺数据")
    assert (one.state, one.note, one.decided_by) == ("returned", "缺数据", cast.office)


def test_a_colleague_accepts_what_the_office_filed(desk: Desk, next_desk: Desk, cast: Cast) -> None:
    one = report(cast, cast.office)
    assert "a second person must" in act(desk, one, "accept")
    act(next_desk, one, "accept")
    assert (one.state, one.decided_by) == ("accepted", cast.colleague)


def test_a_draft_is_edited_and_discarded_what_counts_is_not(desk: Desk, cast: Cast) -> None:
    one = report(cast, cast.owner, submitted=False)
    desk.save(page(one), progress="55")
    one.refresh_from_db()
    assert one.progress == 55
    desk.client.post(f"{LIST.format('statusreport')}{one.pk}/delete/", {"post": "yes"})
    assert not StatusReport.objects.exists()
    counts = report(cast, cast.owner)
    assert desk.client.post(f"{LIST.format('statusreport')}{counts.pk}/delete/", {"post": "yes"}).status_code == 403
    assert 'name="_save"' not in desk.text(page(counts))


def test_the_list_is_narrowed_and_searched(desk: Desk, cast: Cast) -> None:
    report(cast, cast.owner)
    url, row = LIST.format("statusreport"), f"{LIST.format('statusreport')}{StatusReport.objects.get().pk}"
    for query in ("?state__exact=submitted", f"?milestone__lead__id__exact={cast.bureau.pk}", "?q=FIN-01"):
        assert row in desk.text(url + query), query
    for query in ("?state__exact=draft", f"?milestone__lead__id__exact={cast.harbour.pk}", "?q=FIN-02"):
        assert row not in desk.text(url + query), query


# --- Requests for a later date ----------------------------------------------------------------------------------------
def test_the_office_asks_for_somebody_else(desk: Desk, cast: Cast) -> None:
    url = f"{LIST.format('extension')}add/"
    typed = {
        "milestone": str(cast.roof.pk),
        "due_on": SOON.on.isoformat(),
        "due_precision": "quarter",
        "progress": "60",
    }
    assert errors(desk.save(url, **typed, reason=" "))["reason"]
    answer = desk.save(url, **typed, reason="台风停工三周")
    assert answer.status_code == 302, errors(answer)
    asked = Extension.objects.get()
    assert (asked.requested_by, asked.on_behalf, asked.due) == (cast.office, True, SOON)
    with translation.override("en"):
        assert str(asked) in desk.text(LIST.format("extension"))  # the answer calls it by its dates
    assert "a second person must" in act(desk, asked, "approve")


def test_the_page_of_a_decision_shows_what_is_needed_to_decide(desk: Desk, cast: Cast) -> None:
    earlier = request(cast, cast.owner)
    extensions.decline(earlier, note="可以赶回来", actor=acting(cast.colleague), now=timezone.now())
    report(cast, cast.owner, progress=35, obstacles="塔吊停工")
    text = desk.text(page(request(cast, cast.owner), "approve"))
    for part in ("台风停工三周", "60&nbsp;%", "working days later", "塔吊停工", "35&nbsp;%", "可以赶回来", "declined"):
        assert part in text, part


def test_it_is_approved_with_a_note(desk: Desk, cast: Cast) -> None:
    asked = request(cast, cast.owner)
    assert offered(desk, asked, "approve decline withdraw") == ["approve", "decline", "withdraw"]
    act(desk, asked, "approve", note="同意")
    assert (asked.state, asked.note, asked.decided_by) == ("approved", "同意", cast.office)
    assert present(cast.roof).due == SOON
    assert offered(desk, asked, "approve decline withdraw") == []


def test_it_is_declined_with_a_reason_or_withdrawn(desk: Desk, cast: Cast) -> None:
    asked = request(cast, cast.owner)
    assert "why the date stays" in act(desk, asked, "decline", note="")
    act(desk, asked, "decline", note="可以赶回来")
    assert (asked.state, asked.note) == ("declined", "可以赶回来")
    other = request(cast, cast.owner)
    act(desk, other, "withdraw")
    assert other.state == "withdrawn"


def test_what_can_no_longer_be_approved_says_why(desk: Desk, cast: Cast) -> None:
    asked = request(cast, cast.owner)
    moved = FuzzyDate(date(SOON.on.year, 1, 31))
    planning.reschedule(present(cast.roof), moved, reason="调整", actor=SYSTEM, now=timezone.now())
    assert "has moved since this was asked" in desk.text(page(asked, "approve"))
    assert "has moved since this was asked" in act(desk, asked, "approve")
    assert asked.state == "requested"


def test_somebody_was_faster(desk: Desk, cast: Cast) -> None:
    asked = request(cast, cast.owner)
    extensions.withdraw(Extension.objects.get(pk=asked.pk), actor=acting(cast.owner), now=timezone.now())
    assert "changed this at" in act(desk, asked, "approve")
    assert asked.state == "withdrawn"


def test_a_request_is_never_rewritten(desk: Desk, cast: Cast) -> None:
    assert 'name="_save"' not in desk.text(page(request(cast, cast.owner)))


def test_a_late_answer_is_marked_in_the_list(desk: Desk, cast: Cast) -> None:
    asked = request(cast, cast.owner)
    assert "■" not in desk.text(LIST.format("extension"))
    Extension.objects.filter(pk=asked.pk).update(decide_by=today(1))
    assert "■" in desk.text(LIST.format("extension"))


def test_the_milestone_shows_both_and_leads_to_a_new_one_of_each(desk: Desk, cast: Cast) -> None:
    report(cast, cast.owner, obstacles="塔吊停工")
    request(cast, cast.owner)
    text = desk.text(page(cast.roof))
    for part in ("Progress reports", "塔吊停工", "Requests for a later date"):
        assert part in text
    for noun in ("statusreport", "extension"):
        link = f"{LIST.format(noun)}add/?milestone={cast.roof.pk}"
        assert link in text
        assert desk.open(link)["milestone"] == str(cast.roof.pk)


def test_however_many_reports_the_milestones_page_costs_the_same(desk: Desk, cast: Cast) -> None:
    counts = []
    for back in (1, 2, 3):
        report(cast, cast.owner if back % 2 else cast.coordinator, as_of=today(back), obstacles="台风")
        desk.text(page(cast.roof))
        with CaptureQueriesContext(connection) as asked:
            desk.text(page(cast.roof))
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


def test_history_is_told(desk: Desk, cast: Cast) -> None:
    asked = request(cast, cast.owner)
    extensions.withdraw(asked, actor=acting(cast.owner), now=timezone.now())
    text = desk.text(f"{LIST.format('extension')}{asked.pk}/history/").lower()
    assert "extension asked for" in text
    assert "extension request withdrawn" in text
