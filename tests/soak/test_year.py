"""A year in which things happen to 400 milestones and 120 people: is every mail there that should be, and no other?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from lingang.addresses import MailTransport
from tests.reminders.world import World
from tests.servers.smtp import SmtpSink
from tests.soak import year
from tests.soak.story import Size, Story


@pytest.mark.parametrize("seed", range(2))
def test_a_year_in_which_things_happen(smtp_world: World, settings: Any, smtp_sink: SmtpSink, seed: int) -> None:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    beats = 2 if connection.vendor == "postgresql" else 1
    size = Size(date(2023, 1, 12), date(2023, 12, 31), milestones=400, people=120, events=6, beats=beats)
    story = Story(smtp_world, smtp_sink, size, seed)
    story.play()
    year.check(story)
