"""What else does the office look at: a mail that failed, a day off?"""

from __future__ import annotations

from datetime import date

from milestones.models import OutgoingMail, Reminder, StepVersion
from milestones.planning import day_overrides
from tests.cast import NOW, SYSTEM, Cast


def mail_and_reminder(cast: Cast, **values: object) -> tuple[OutgoingMail, Reminder]:
    """A failed mail that carries one reminder."""
    mail = OutgoingMail(
        **{
            "kind": "digest", "recipient": cast.owner, "to": cast.owner.email, "language": "zh-hans", "state": "failed",
            "day": date(2023, 11, 17), "subject": "提醒", "text": "见 http://localhost/do/mute/•••/", "created_at": NOW,
            "html": '<p style="color:red">提醒 <a href="http://localhost/do/mute/•••/">停</a></p>', "due_at": NOW,
            "server_reply": "550 5.1.1 no such user", **values,
        }
    )  # fmt: skip
    mail.save(force_insert=True)
    version = StepVersion.objects.select_related("step").get(step__code="before-30")
    reminder = Reminder(
        milestone=cast.roof, recipient=cast.owner, step=version.step, step_version=version, due_version=1,
        day=date(2023, 11, 17), state="failed", mail=mail, planned_at=NOW, updated_at=NOW,
    )  # fmt: skip
    reminder.save(force_insert=True)
    return mail, reminder


def day_off() -> object:
    return day_overrides.declare(date(2023, 5, 4), is_working=False, note="青年节", actor=SYSTEM, now=NOW)
