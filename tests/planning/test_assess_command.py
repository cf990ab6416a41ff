"""Does the command say how many milestones stand otherwise than before, as at a day?"""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_as_at_a_day(running: Cast) -> None:
    out = StringIO()
    call_command("assess-health", "--as-of", "2023-03-16", stdout=out)
    running.refresh()
    assert out.getvalue() == "changed 3\n"
    assert [one.health for one in (running.roof, running.rules)] == ["yellow", "red"]
