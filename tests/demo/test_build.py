"""Does the demonstration hold what it promises, on whatever day it is loaded?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from milestones.actors import Actor
from milestones.demo import build as demo
from milestones.demo.accounts import ACCOUNTS
from milestones.demo.nearby import NEARBY
from milestones.demo.story import EXAMPLE
from milestones.models import (
    ChangeEntry,
    DateRevision,
    Milestone,
    NextLook,
    Organisation,
    OutgoingMail,
    Person,
    Plan,
    Reading,
    Reminder,
    Target,
)
from milestones.people import organisations
from milestones.workdays import Calendar, FuzzyDate, Precision

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENING = datetime(2023, 1, 12, 9, tzinfo=SHANGHAI)
THURSDAY = datetime(2026, 9, 24, 15, tzinfo=SHANGHAI)  # the Mid-Autumn holiday begins on the next day


@pytest.fixture(scope="class")
def on_thursday(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for the tests of a class; it takes seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.build(now=THURSDAY)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("on_thursday")
class TestByDefault:
    def test_2023_is_closed_and_this_year_is_active(self) -> None:
        assert list(Plan.objects.order_by("year").values_list("code", "state", "is_demo")) == [
            ("lingang-2023", "closed", True),
            ("lingang-2026", "active", True),
        ]
        assert [plan.milestones.count() for plan in Plan.objects.all()] == [41, 41]
        assert Target.objects.count() == 36

    def test_eight_milestones_lie_around_today_and_are_marked(self) -> None:
        marked = Milestone.objects.filter(title__contains="演示").order_by("due_on")
        assert {m.plan.code for m in marked} == {"lingang-2026"}
        assert [(m.due_on, m.due_precision) for m in marked] == [
            (date(2026, 9, 11), "day"),  # 10 working days ago: Sunday 20 September is worked
            (date(2026, 9, 18), "day"),  # 5 working days ago
            (date(2026, 9, 23), "day"),
            (date(2026, 9, 24), "day"),
            (date(2026, 9, 28), "day"),  # one working day after: the 25th is the Mid-Autumn Festival
            (date(2026, 9, 30), "day"),
            (date(2026, 10, 12), "day"),
            (date(2026, 10, 21), "day"),
        ]
        assert all(m.baseline == m.due and m.state == "planned" for m in marked)

    def test_all_is_assigned_to_an_owner_of_the_lead_since_the_opening(self) -> None:
        opening = datetime(2026, 1, 12, 9, tzinfo=SHANGHAI)
        for milestone in Milestone.objects.filter(plan__state="active").select_related("accountable", "lead"):
            assert milestone.accountable is not None
            assert milestone.accountable.organisation == milestone.lead
            assert milestone.created_at == opening
            assert milestone.reminded_since == opening or milestone.due_version > 1

    def test_nothing_is_swept_or_waits_to_be_mailed(self) -> None:
        assert not Reminder.objects.exists()
        assert not OutgoingMail.objects.exists()
        assert not NextLook.objects.filter(milestone__plan__state="closed").exists()
        assert not Milestone.objects.filter(plan__state="active", state="planned", next_look__isnull=True).exists()

    def test_pages_have_something_to_show(self) -> None:
        states = {plan.year: Counter(plan.milestones.values_list("state", flat=True)) for plan in Plan.objects.all()}
        assert states[2023] == {"completed": 37, "in_progress": 3, "cancelled": 1}
        assert states[2026] == {"completed": 10, "in_progress": 21, "planned": 8, "submitted": 1, "cancelled": 1}
        assert Reading.objects.filter(target__plan__year=2023).count() == 18 * 4 + 1
        assert Reading.objects.filter(target__plan__year=2026).count() == 18 * 2 + 1
        assert set(Reading.objects.values_list("source", flat=True)) == {EXAMPLE}


@pytest.mark.one_database("a story of verbs that are tested on both")
class TestOnOtherDays:
    @pytest.mark.parametrize(
        "today", [date(2026, 1, 1), date(2027, 5, 1), *(date(2023, m, d) for m, d in ((2, 20), (4, 3), (12, 31)))]
    )
    def test_on_days_at_the_edges_too(self, today: date) -> None:
        now = datetime(today.year, today.month, today.day, 0, 5, tzinfo=SHANGHAI)
        demo.build(now=now)
        calendar, plan = Calendar(), Plan.objects.get(state="active")
        days = dict(plan.milestones.filter(code__in=NEARBY).values_list("code", "due_on"))
        assert days["FIN-08"] == today
        assert calendar.count(today, days["FIN-07"]) == 1
        assert calendar.count(today, days["CTY-02"]) == 14
        assert calendar.subtract(today, 10) == days["INN-05"]
        assert plan.activated_at is not None
        assert plan.activated_at <= now
        assert not ChangeEntry.objects.filter(at__gt=now).exists()
        assert not OutgoingMail.objects.exists()

    def test_when_the_shipped_year_is_this_year_there_is_only_the_active_plan(self) -> None:
        demo.build(now=datetime(2023, 6, 1, tzinfo=UTC))
        assert Plan.objects.get().state == "active"


class TestOneYear:
    def test_2023_alone_as_on_its_12_january(self) -> None:
        demo.build(now=THURSDAY, year=2023)
        plan = Plan.objects.get()
        assert (plan.code, plan.state, plan.activated_at, plan.created_at) == (
            "lingang-2023",
            "active",
            OPENING,
            OPENING,
        )
        within = FuzzyDate(date(2023, 12, 31), Precision.YEAR)
        for milestone in plan.milestones.all():
            assert (milestone.state, milestone.due, milestone.baseline) == ("planned", within, within)
            assert {milestone.created_at, milestone.reminded_since} == {OPENING}
        assert not Milestone.objects.filter(title__contains="演示").exists()
        assert not any(model.objects.exists() for model in (Reading, DateRevision, OutgoingMail))
        assert set(ChangeEntry.objects.values_list("at", flat=True)) == {OPENING}

    def test_another_year_is_rebased(self) -> None:
        demo.build(now=THURSDAY, year=2024)
        assert set(Milestone.objects.values_list("due_on", flat=True)) == {date(2024, 12, 31)}

    @pytest.mark.parametrize("year", [0, 1999, 2027])
    def test_a_year_that_has_not_begun_or_is_out_of_range_is_refused(self, year: int) -> None:
        with pytest.raises(demo.WrongYear):
            demo.build(now=THURSDAY, year=year)
        assert not Plan.objects.exists()


class TestAccounts:
    def test_they_are_roles_that_can_sign_in_and_are_marked(self) -> None:
        logins = demo.build(now=THURSDAY, year=2023)
        assert [login.email for login in logins] == [account.email for account in ACCOUNTS]
        assert {login.role for login in logins} == {"office", "coordinator", "owner", "leader", "viewer"}
        for login in logins:
            person = Person.objects.get(email=login.email)
            assert person.check_password(login.password)
            assert person.roles == {login.role}
            assert (person.send_hour, person.is_demo) == (0, True)
            assert "演示" in person.display_name
            assert login.email.endswith(".example")

    def test_passwords_are_new_each_time(self) -> None:
        logins = demo.build(now=THURSDAY, year=2023)
        assert len({login.password for login in logins}) == len(logins)
        assert all(len(login.password) == 16 for login in logins)

    def test_organisations_are_marked_and_have_their_speakers(self) -> None:
        demo.build(now=THURSDAY, year=2023)
        assert not Organisation.objects.filter(is_demo=False).exists()
        bureau = Organisation.objects.get(code="FTB")
        assert bureau.coordinator is not None
        assert bureau.supervising_leader is not None


class TestRefusals:
    def test_a_database_that_holds_anything(self) -> None:
        organisations.create({"code": "X", "name": "x"}, actor=Actor.system(), now=OPENING)
        with pytest.raises(demo.NotEmpty):
            demo.build(now=THURSDAY)
        assert not Plan.objects.exists()

    def test_nothing_is_kept_when_the_logins_cannot_be(self) -> None:
        def broken(_logins: object) -> None:
            raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            demo.build(now=THURSDAY, year=2023, keep=broken)
        assert not Person.objects.exists()
