"""Seven weeks around the Spring Festival in which things happen: what the model foretells is what leaves."""

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
def test_seven_weeks_in_which_things_happen(smtp_world: World, settings: Any, smtp_sink: SmtpSink, seed: int) -> None:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    beats = 2 if connection.vendor == "postgresql" else 1
    size = Size(date(2023, 1, 12), date(2023, 3, 3), milestones=16, people=6, events=3, beats=beats, outage=0.05)
    story = Story(smtp_world, smtp_sink, size, seed)
    story.play()
    year.check(story)
