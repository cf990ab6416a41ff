"""What does a plan look like?"""

from __future__ import annotations

from milestones.models import Plan

from .base import Shape
from .fields import code, day, head, instant, number, tail, text

PLAN = Shape(
    "plan",
    Plan,
    {
        **head(),
        "code": text("code"),
        "title": text("title"),
        "title_en": text("title_en"),
        "year": number("year"),
        "starts_on": day("starts_on"),
        "ends_on": day("ends_on"),
        "time_zone": text("time_zone"),
        "state": code("state"),
        "source_document": text("source_document"),
        "report_cadence": code("report_cadence"),
        "report_day": number("report_day"),
        "weekly_from": number("weekly_from"),
        "warning_days": number("warning_days"),
        "tolerance": number("tolerance"),
        "activated_at": instant("activated_at"),
        "closed_at": instant("closed_at"),
        **tail("plan"),
    },
)
