"""What stands in a calendar, on which day, and what never?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from milestones.conversation import comments, watching
from milestones.models import CalendarFeed, Delegation, Milestone, Organisation, Person, Plan
from milestones.people import organisations
from milestones.planning import lifecycle, operations, plans
from milestones.planning.operations import PartyInput
from milestones.workdays.periods import FuzzyDate, Precision
from tests import cast as casting
from tests.cast import JUNE, LATER, NOW, Q3, SYSTEM, YEAR_END, Cast, acting, bring
from tests.feeds.reading import calendar, days, events, fetch, make, written

pytestmark = pytest.mark.django_db
HOW: Any = {"actor": SYSTEM, "now": NOW}


# --- Days -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("plan_zone", ["Asia/Shanghai", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("reader_zone", ["Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"])
@pytest.mark.parametrize("server_zone", ["UTC", "Asia/Shanghai"])
def test_a_due_day_is_that_day_wherever_it_is_read(
    cast: Cast, plan_zone: str, reader_zone: str, server_zone: str
) -> None:
    Plan.objects.update(time_zone=plan_zone)
    Person.objects.update(time_zone=reader_zone)
    cast.activate()
    feed = make(cast.viewer, cast.plan)
    with timezone.override(ZoneInfo(server_zone)):
        found = events(feed)
    assert {code: days(event) for code, event in found.items()} == {
        "FIN-01": (date(2023, 12, 31), date(2024, 1, 1)),
        "FIN-02": (date(2023, 6, 30), date(2023, 7, 1)),
        "FIN-03": (date(2023, 3, 15), date(2023, 3, 16)),
    }


def test_a_day_is_written_as_a_day_and_no_instant_but_utc(running: Cast) -> None:
    text = written(make(running.viewer, running.plan)).decode()
    assert "DTSTART;VALUE=DATE:20231231\r\nDTEND;VALUE=DATE:20240101\r\n" in text
    assert "TZID" not in text
    assert "VTIMEZONE" not in text


@pytest.mark.parametrize(
    ("due", "zh", "en"),
    [
        (FuzzyDate(date(2023, 11, 17)), "节点 FIN-01", "节点 FIN-01"),
        (JUNE, "节点 FIN-01 · 6月底前（按6月30日计）", "节点 FIN-01 · by the end of June (counted as June 30)"),
        (Q3, "节点 FIN-01 · 三季度末（按9月30日计）", "节点 FIN-01 · by the end of Q3 (counted as September 30)"),
        (YEAR_END, "节点 FIN-01 · 年内（按12月31日计）", "节点 FIN-01 · within the year (counted as December 31)"),
        (
            FuzzyDate(date(2024, 2, 29), Precision.MONTH),
            "节点 FIN-01 · 2024年2月底前（按2月29日计）",
            "节点 FIN-01 · by the end of February 2024 (counted as February 29)",
        ),
    ],
)
def test_a_fuzzy_date_looks_fuzzy_in_both_languages(running: Cast, due: FuzzyDate, zh: str, en: str) -> None:
    if running.roof.due != due:
        operations.reschedule(running.roof, due, reason="调整", **HOW)
    feed = make(running.owner)
    assert str(events(feed)["FIN-01"]["summary"]) == zh
    assert days(events(feed)["FIN-01"]) == (due.on, due.on + timedelta(days=1))
    Person.objects.update(language="en")
    with translation.override("zh-hans"):
        assert str(events(feed)["FIN-01"]["summary"]) == en


# --- Whose ------------------------------------------------------------------------------------------------------------
def test_one_sees_what_one_is_accountable_for(running: Cast) -> None:
    assert set(events(make(running.owner))) == {"FIN-01"}
    assert set(events(make(running.other))) == {"FIN-02"}
    assert set(events(make(running.viewer))) == set()


def test_a_coordinator_sees_what_the_unit_leads(running: Cast) -> None:
    assert set(events(make(running.coordinator))) == {"FIN-01"}
    organisations.edit(running.harbour, {"coordinator": running.viewer}, **HOW)
    assert set(events(make(running.viewer))) == {"FIN-02"}


def test_one_sees_what_one_takes_part_in_and_what_one_watches_once_each(running: Cast) -> None:
    operations.change(running.roof, {}, parties=[PartyInput("supporting", running.harbour, running.viewer)], **HOW)
    watching.start(running.roof, actor=acting(running.viewer), now=NOW)
    watching.start(running.rules, actor=acting(running.viewer), now=NOW)
    assert [str(event["description"])[:6] for event in calendar(make(running.viewer)).walk("VEVENT")] == [
        "FIN-03",
        "FIN-01",
    ]


def test_who_speaks_for_a_unit_sees_what_the_unit_takes_part_in(running: Cast) -> None:
    Organisation.objects.filter(pk=running.harbour.pk).update(coordinator=running.stranger)
    operations.change(running.roof, {}, parties=[PartyInput("supporting", running.harbour)], **HOW)
    assert set(events(make(running.stranger))) == {"FIN-01", "FIN-02"}


def test_a_deputy_sees_it_on_the_days_of_the_delegation(running: Cast) -> None:
    first, last = NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=3)
    stamps: Any = {"created_at": NOW, "updated_at": NOW}
    Delegation.objects.create(person=running.owner, deputy=running.viewer, starts_on=first, ends_on=last, **stamps)
    feed = make(running.viewer)
    seen = [len(events(feed, NOW + timedelta(days=later))) for later in (0, 1, 3, 4)]
    assert seen == [0, 1, 1, 0]


def test_handed_over_it_moves_to_the_other_calendar(running: Cast) -> None:
    mine, theirs = make(running.owner), make(running.other)
    operations.hand_over([running.roof], running.other, reason="移交", **HOW)
    assert set(events(mine)) == set()
    assert set(events(theirs)) == {"FIN-01", "FIN-02"}
    assert events(theirs)["FIN-01"]["sequence"] == Milestone.objects.get(pk=running.roof.pk).version


def test_a_plan_shows_all_that_its_reader_sees(running: Cast) -> None:
    assert set(events(make(running.viewer, running.plan))) == {"FIN-01", "FIN-02", "FIN-03"}


def test_drafts_are_never_shown_not_even_to_the_office(cast: Cast) -> None:
    own = make(cast.owner)
    forced = CalendarFeed(person=cast.office, plan=cast.plan, created_at=NOW, updated_at=NOW)
    forced.save(force_insert=True)
    assert events(own) == events(forced) == {}
    cast.activate()
    assert len(events(own)) == 1
    assert len(events(forced)) == 3


def test_a_closed_plan_stays_in_the_calendar(running: Cast) -> None:
    feed = make(running.owner)
    running.close()
    assert set(events(feed)) == {"FIN-01"}


def test_inner_matters_and_names_are_never_told(running: Cast) -> None:
    comments.add(running.roof, "内部意见", mentions=[], actor=acting(running.office), now=NOW)
    text = written(make(running.owner, running.plan)).decode()
    assert "内部意见" not in text
    assert "owner" not in text


# --- What became of it ------------------------------------------------------------------------------------------------
def test_every_change_raises_the_sequence_and_the_identity_stays(running: Cast) -> None:
    feed = make(running.owner)
    first = events(feed)["FIN-01"]
    operations.reschedule(running.roof, Q3, reason="提前", actor=SYSTEM, now=LATER)
    second = events(feed)["FIN-01"]
    assert first["uid"] == second["uid"] == f"{running.roof.pk}@localhost"
    assert second["sequence"] > first["sequence"]
    assert second["last-modified"].dt == second["dtstamp"].dt == LATER
    assert days(second) == (date(2023, 9, 30), date(2023, 10, 1))


def test_what_was_cancelled_stays_and_says_so(running: Cast) -> None:
    feed = make(running.owner)
    lifecycle.cancel(running.roof, reason="不再建设", **HOW)
    event = events(feed)["FIN-01"]
    assert event["status"] == "CANCELLED"
    assert str(event["summary"]).startswith("已取消：节点 FIN-01")


def test_what_is_completed_is_ticked(running: Cast) -> None:
    bring(running, running.roof, "completed")
    event = events(make(running.owner))["FIN-01"]
    assert str(event["summary"]).startswith("✓ 节点 FIN-01")
    assert event["status"] == "CONFIRMED"


def test_the_page_of_the_milestone_is_one_step_away(running: Cast) -> None:
    event = events(make(running.owner))["FIN-01"]
    assert event["url"] == f"{settings.BASE_URL}/plans/p-2023/milestones/FIN-01/"
    assert str(event["description"]).splitlines() == [
        "FIN-01 · 2023年工作要点",
        "期限：2023年内（按12月31日计）",
        "牵头单位：金贸处",
        "状态：计划中",
    ]


def test_the_calendar_has_a_name_and_says_how_often_to_look(running: Cast) -> None:
    own, whole = calendar(make(running.owner)), calendar(make(running.owner, running.plan))
    assert (str(own["x-wr-calname"]), str(whole["x-wr-calname"])) == ("临港节点管理", "2023年工作要点")
    assert whole["x-wr-timezone"] == "Asia/Shanghai"
    assert own["refresh-interval"].dt == timedelta(hours=4)
    assert (own["version"], own["method"]) == ("2.0", "PUBLISH")


# --- As RFC 5545 wants it ---------------------------------------------------------------------------------------------
def test_lines_are_folded_and_texts_escaped(running: Cast) -> None:
    title = "“荣耀之环”、南汇新城; 一期, 二期\\三期：" + "很长的标题" * 30
    operations.change(running.roof, {"title": title[:200]}, **HOW)
    raw = written(make(running.owner))
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])  # no letter is torn apart
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert str(events(make(running.owner))["FIN-01"]["summary"]).startswith(title[:200])


def test_the_bytes_stay_the_same_until_something_changes(running: Cast) -> None:
    feed = make(running.viewer, running.plan)
    assert written(feed) == written(feed, NOW + timedelta(days=3))
    before = fetch(feed)["ETag"]
    plans.edit(running.plan, {"title": "要点"}, **HOW)
    assert fetch(feed)["ETag"] != before


@pytest.mark.parametrize("whole", [True, False])
def test_many_milestones_take_as_many_queries_as_few(running: Cast, whole: bool) -> None:
    feed = make(running.owner, running.plan if whole else None)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            written(feed)
        return len(queries)

    few = asked()
    for n in range(12):
        casting.milestone(running.plan, running.stream, f"N-{n}", accountable=running.owner)
    assert asked() == few
