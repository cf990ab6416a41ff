"""Can cron ask instead of Celery?"""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from milestones.models import OutgoingMail
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def run(day: date) -> str:
    out = StringIO()
    call_command("ask", as_of=day, stdout=out)
    return out.getvalue().strip()


def test_a_day_is_asked_for_once(running: Cast) -> None:
    day = date(2023, 2, 23)
    assert (
        run(day) == "reports 2  decisions 0  readings 0"
    )  # what nobody owns is due in March: it is asked for on Tuesday and Friday
    assert run(day) == "reports 0  decisions 0  readings 0"
    assert set(OutgoingMail.objects.values_list("kind", "day")) == {("report_due", day)}
