"""What is the receiver of alarms told, when reminders stop leaving and when they leave again?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from .calls import Answer, call
from .faults import Problem

ALARM = "alarm"
RESOLVED = "resolved"


def wanted() -> bool:
    return bool(settings.ALARM_WEBHOOK_URL)


def raise_(problems: Sequence[Problem], since: datetime, now: datetime) -> Answer:
    """Post that reminders do not leave; the caller sees to it that it is once an incident."""
    with override(settings.LANGUAGE_CODE):
        words = [problem.words(now) for problem in problems]
        told = {"since": _instant(since), "problems": "; ".join(words), "url": settings.BASE_URL}
        text = _("Reminders have not left since %(since)s: %(problems)s. %(url)s") % told
    return call(settings.ALARM_WEBHOOK_URL, _body(ALARM, text, problems, words, since, None))


def resolve(problems: Sequence[Problem], since: datetime, now: datetime) -> Answer:
    """Post that it is over; `problems` are those that there were."""
    with override(settings.LANGUAGE_CODE):
        told = {"since": _instant(since), "until": _instant(now), "url": settings.BASE_URL}
        text = _("Reminders leave again. They did not from %(since)s to %(until)s. %(url)s") % told
    return call(settings.ALARM_WEBHOOK_URL, _body(RESOLVED, text, problems, [], since, now))


def _body(
    state: str, text: str, problems: Sequence[Problem], words: list[str], since: datetime, until: datetime | None
) -> dict[str, Any]:
    return {
        "text": text,
        "state": state,
        "problems": words,
        "faults": [problem.fault.value for problem in problems],
        "since": timezone.localtime(since).isoformat(timespec="seconds"),
        "until": timezone.localtime(until).isoformat(timespec="seconds") if until else None,
        "base_url": settings.BASE_URL,
    }


def _instant(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
