"""Which mails do people act from? It is 10 o'clock on Thursday 21 September 2023."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from milestones import links
from milestones.mail import catalogue, digest
from milestones.models import (
    ChangeEntry,
    Extension,
    LinkUse,
    Milestone,
    Notice,
    OutgoingMail,
    Person,
    Reminder,
    ReminderStep,
    StatusReport,
)
from milestones.notices import operations as notices
from milestones.planning.calendars import calendar
from tests.web.cast import SYSTEM, TODAY, Cast

DAY = date(2023, 9, 21)
SAID: dict[str, dict[str, str]] = {
    "report": {"as_of": "2023-09-21", "progress": "40", "done": "主体已到十层"},
    "extension": {"due_on": "2023-11-30", "due_precision": "month", "reason": "台风停工三周", "progress": "40"},
    "sign": {"reply": ""},
}


def path(mail: OutgoingMail, action: str, about: Any = None) -> str:
    subject = about.pk if about is not None else None
    return f"/do/{action}/{links.sign(mail, action, subject)}/"


def stored(mail: OutgoingMail) -> OutgoingMail:
    mail.save(force_insert=True)
    return OutgoingMail.objects.select_related("recipient").get(pk=mail.pk)


def reminded(person: Person, *milestones: Milestone, kind: str = "digest") -> OutgoingMail:
    """A mail that has left, with the reminders that it brought."""
    mail = stored(digest.digest(kind, person, [_item(one) for one in milestones], DAY, calendar(), now=TODAY))
    step = ReminderStep.objects.get(code="before-3")
    version = step.versions.get()
    rows = [
        Reminder(
            milestone=one, recipient=person, step=step, step_version=version, due_version=one.due_version, day=DAY,
            state="sent", mail=mail, planned_at=TODAY, updated_at=TODAY,
        )
        for one in milestones
    ]  # fmt: skip
    Reminder.objects.bulk_create(rows)
    return mail


def asked(person: Person, *milestones: Milestone) -> OutgoingMail:
    return stored(
        catalogue.report_due(person, [catalogue.Wanted(one, DAY, None) for one in milestones], DAY, now=TODAY)
    )


def notice_to(cast: Cast, person: Person, level: str = "yellow") -> tuple[Notice, OutgoingMail]:
    """A notice about `ring`, issued by the system, with the letter of it to `person`."""
    notice = notices.issue(cast.ring, level=level, matter="请说明滞后原因。", actor=SYSTEM, now=TODAY)
    return notice, OutgoingMail.objects.select_related("recipient").get(notice=notice, recipient=person)


def for_action(cast: Cast, action: str) -> tuple[OutgoingMail, Any]:
    """A mail to the owner whose link does `action`, and what that is about."""
    if action == "sign":
        notice, mail = notice_to(cast, cast.owner)
        return mail, notice
    return reminded(cast.owner, cast.ring), cast.ring


def typed(action: str, about: Any) -> dict[str, str]:
    return SAID[action] | ({"version": str(about.version)} if action == "sign" else {})


def everything() -> dict[str, Any]:
    """All that acting from a mail could have written."""
    models = (ChangeEntry, LinkUse, StatusReport, Extension, OutgoingMail)
    return {
        **{model.__name__: model.objects.count() for model in models},
        "notices": list(Notice.objects.order_by("pk").values_list("state", "signed_at", "version")),
        "milestones": list(Milestone.objects.order_by("pk").values_list("version", "forecast_on", "state")),
        "reminders": list(Reminder.objects.order_by("pk").values_list("state", "updated_at")),
        "people": list(Person.objects.order_by("pk").values_list("version", "digest_muted", "last_login")),
    }


def _item(milestone: Milestone) -> digest.Item:
    return digest.Item(
        reminder=uuid.uuid4(), recipient=None, milestone=milestone.pk, code=milestone.code, title=milestone.title,
        title_en=milestone.title_en, due_on=milestone.due_on, due_precision=milestone.due_precision,
        plan_code=milestone.plan.code, plan_year=milestone.plan.year, anchor="before_due", step="before-3", day=DAY,
        health=milestone.health,
    )  # fmt: skip
