"""What does a notice look like?"""

from __future__ import annotations

from django.db.models import F

from milestones.models import Notice

from .base import Reader, Shape
from .fields import code, day, head, instant, number, person, placed, rare_person, reference, tail, text
from .sql import Json


class NoticeNumber(Json):
    """As people quote it and as it stands on the paper, in every language: 〔2023〕7号."""

    on_sqlite = on_postgresql = "'\"〔' || {0} || '〕' || {1} || '号\"'"


def label(reader: Reader) -> NoticeNumber:
    return NoticeNumber(F("year"), F("number"))


NOTICE = Shape(
    "notice",
    Notice,
    {
        **head(),
        "number": label,
        "year": number("year"),
        "serial": number("number"),
        **placed("milestone"),
        "level": code("level"),
        **reference("organisation"),
        "matter": text("matter"),
        "state": code("state"),
        **person("issued_by"),
        "issued_on": day("issued_on"),
        "respond_by": day("respond_by"),
        **rare_person("signed_by"),
        "signed_at": instant("signed_at"),
        "reply": text("reply"),
        **rare_person("replied_by"),
        "replied_at": instant("replied_at"),
        "cancelled_at": instant("cancelled_at"),
        "reason": text("reason"),
        **tail("notice"),
    },
)
