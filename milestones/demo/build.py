"""How is the demonstration built on an empty database?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.demo import accounts, nearby, shipped, story
from milestones.demo.accounts import Login
from milestones.errors import RuleBroken, StateConflict
from milestones.exchange.fields import FIRST_YEAR
from milestones.exchange.loader import known, load
from milestones.exchange.planfile import read_plan_file
from milestones.exchange.rows import rebase
from milestones.models import Organisation, OutgoingMail, Person, Plan, Role
from milestones.planning import assessing, plans
from milestones.planning import operations as milestones
from milestones.workdays import Calendar

SHIPPED, SHIPPED_YEAR = "lingang-2023", 2023
ZONE = ZoneInfo("Asia/Shanghai")
PUBLISHED, OPENING = (1, 12), time(9)  # the work points appeared on 12 January; plans start on that morning


class NotEmpty(StateConflict):
    code = "not_empty"
    message = _(
        "The database is not empty; the demonstration goes only into an empty one. cleardemo removes an old one."
    )


class WrongYear(RuleBroken):
    code = "range"
    message = _("The demonstration needs a year from 2000 to the present one.")


def build(*, now: datetime, year: int | None = None, keep: Callable[[list[Login]], object] = list) -> list[Login]:
    """The shipped plan with its organisations and role accounts, every milestone assigned; nothing is swept or mailed.

    Without `year`: 2023 as a closed plan, and this year's plan, active, with eight milestones around today. With `year`
    that year's plan alone, dates as promised, active as on 12 January of it. `keep` is given the logins before the
    commit, so that they are never lost. Raises NotEmpty, WrongYear.
    """
    today = now.astimezone(ZONE).date()
    if not FIRST_YEAR <= (SHIPPED_YEAR if year is None else year) <= today.year:
        raise WrongYear(field="year")
    with transaction.atomic():
        if any(model._default_manager.exists() for model in (Plan, Organisation, Person)):
            raise NotEmpty
        logins = _past_and_present(today, now) if year is None else _alone(year, now)
        # Letters of a story told afterwards; nobody is to get them years later. The outbox holds no others.
        OutgoingMail.objects.all().delete()
        keep(logins)
    return logins


def _alone(year: int, now: datetime) -> list[Login]:
    opened = opening(year, now)
    plan, office, logins = _begin(year, opened)
    _assign(plan, office, opened)
    plans.activate(plan, actor=office, now=opened)
    return logins


def _past_and_present(today: date, now: datetime) -> list[Login]:
    opened = opening(SHIPPED_YEAR, now)
    plan, office, logins = _begin(SHIPPED_YEAR, opened)
    calendar = Calendar()
    if today.year > SHIPPED_YEAR:
        _assign(plan, office, opened)
        plans.activate(plan, actor=office, now=opened)
        closing = min(datetime.combine(date(SHIPPED_YEAR + 1, *PUBLISHED), OPENING, tzinfo=ZONE), now)
        story.tell(plan, until=closing, is_current=False, calendar=calendar)
        plans.close(plan, actor=office, now=closing)
        opened = opening(today.year, now)
        plan = _load(today.year, opened)
    nearby.bring_near(plan, today, calendar=calendar, actor=office, now=opened)
    _assign(plan, office, opened)
    plans.activate(plan, actor=office, now=opened)
    story.tell(plan, until=now, is_current=True, calendar=calendar)
    assessing.assess(now)  # the story was told day by day, but the nights between were not played
    return logins


def opening(year: int, now: datetime) -> datetime:
    """12 January of the year, or its first moment when `now` is before that."""
    published = datetime.combine(date(year, *PUBLISHED), OPENING, tzinfo=ZONE)
    return published if published <= now else datetime(year, 1, 1, tzinfo=ZONE)


def _begin(year: int, opened: datetime) -> tuple[Plan, Actor, list[Login]]:
    """The plan of `year` as a draft, the accounts, and the office as the one who acts from here on."""
    plan = _load(year, opened)
    made = accounts.create_all(actor=Actor.system(), now=opened)
    office = next(person for person, login in made if login.role == Role.OFFICE)
    return plan, Actor(person=office, via="system"), [login for _person, login in made]


def _load(year: int, opened: datetime) -> Plan:
    file = rebase(read_plan_file(shipped.content(SHIPPED), f"{SHIPPED}.toml", known()), year)
    load(file, actor=Actor.system(), now=opened, is_demo=True)
    assert file.plan is not None  # the shipped file has one
    return Plan.objects.get(code=file.plan.key)


def _assign(plan: Plan, office: Actor, opened: datetime) -> None:
    """Every milestone to the owner of its lead organisation; in a draft, so that nobody is written to."""
    for owner in Person.objects.in_role(Role.OWNER).select_related("organisation"):
        led = plan.milestones.led_by(owner.organisation).select_related("plan", "lead")
        milestones.assign(led, owner, actor=office, now=opened)
