"""Six weeks around the Spring Festival in which things happen: what the model foretells is what leaves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from lingang.addresses import MailTransport
from tests.reminders.world import World
from tests.servers.smtp import SmtpSink
from tests.soak import year
from tests.soak.story import Size, Story


def test_weeks_in_which_things_happen(smtp_world: World, settings: Any, smtp_sink: SmtpSink) -> None:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)
    beats = 2 if connection.vendor == "postgresql" else 1
    size = Size(date(2023, 1, 12), date(2023, 2, 24), milestones=14, people=5, events=3, beats=beats, outage=0.05)
    story = Story(smtp_world, smtp_sink, size, seed=0)
    story.play()
    year.check(story)
