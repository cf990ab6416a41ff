"""How do tests let a policy ask, and what was asked of whom?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from milestones.models import OutgoingMail, Person, ReminderPolicy, StepVersion
from milestones.models.reminders import ReminderStep
from milestones.planning.calendars import calendar
from milestones.reminders import delivery
from tests.cast import NOW

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALWAYS = date(2000, 1, 1)


def at(day: date, hour: int = 0, minute: int = 10, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time(hour, minute), zone)


def policy(code: str = "own") -> ReminderPolicy:
    return ReminderPolicy.objects.create(code=code, name=code, created_at=NOW, updated_at=NOW)


def default() -> ReminderPolicy:
    return ReminderPolicy.objects.get(is_default=True)


def say(policy: ReminderPolicy, anchor: str, *steps: dict[str, Any], since: date = ALWAYS) -> None:
    """From `since` on the policy asks for this by these steps, and by no others."""
    present = StepVersion.objects.filter(step__policy=policy, anchor=anchor, effective_until=None)
    present.filter(effective_from__gte=since).delete()
    present.update(effective_until=since)
    for number, step in enumerate(steps):
        said = dict(step)
        rung, _made = ReminderStep.objects.get_or_create(policy=policy, code=said.pop("code", f"{anchor}-{number}"))
        StepVersion.objects.create(
            step=rung, number=rung.versions.count() + 1, anchor=anchor, effective_from=since, **said
        )


def asked(kind: str) -> list[str]:
    """`MM-DD name` of every mail, in order."""
    rows = OutgoingMail.objects.filter(kind=kind).order_by("day", "recipient__display_name")
    return [f"{mail.day:%m-%d} {mail.recipient}" for mail in rows]


def play(asking: ModuleType, first: date, last: date, *, without: tuple[date, ...] = (), deliver: bool = False) -> None:
    """Each day just after midnight, but on the days on which nothing ran."""
    day = first
    while day <= last:
        if day not in without:
            asking.ask(at(day))
            if deliver:
                handed_over(at(day, 8, 0))
        day += timedelta(days=1)


def handed_over(moment: datetime) -> delivery.Delivered:
    return delivery.deliver(lambda: moment, as_of=moment)


def foreseen(asking: ModuleType, first: date, last: date, now: datetime) -> list[str]:
    rows = {(one.day, str(one.person)) for one in asking.coming(first, last, now=now)}
    return [f"{day:%m-%d} {name}" for day, name in sorted(rows)]


def returns_mail(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(bouncing_since=NOW)


def working(first: date, last: date) -> list[date]:
    days, every = calendar(), [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in every if days.is_workday(day)]
