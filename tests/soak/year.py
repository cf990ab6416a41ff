"""Did the application send what the model says, once each, on working days, and about what was open?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from milestones.models import OutgoingMail, Reminder
from milestones.workdays.calendar import Calendar
from tests.soak.story import LEFT, Story, kept


def check(story: Story) -> None:
    _every_mail_and_no_other(story)
    _never_twice_in_the_ledger()
    _only_on_working_days_and_about_what_is_open(story)
    _as_often_at_the_server_as_the_outbox_says(story)


def _every_mail_and_no_other(story: Story) -> None:
    sent, foretold = kept(), story.model.sent
    missing = {key: day.isoformat() for key, day in foretold.items() if key not in sent}
    extra = {key: day.isoformat() for key, day in sent.items() if key not in foretold}
    other_day = {
        key: (day.isoformat(), sent[key].isoformat()) for key, day in foretold.items() if sent.get(key, day) != day
    }
    wrong = {"missing": missing, "extra": extra, "on another day (foretold, sent)": other_day}
    assert not any(wrong.values()), f"seed {story.seed}: {wrong}"
    assert len(sent) >= 10


def _never_twice_in_the_ledger() -> None:
    rows = Reminder.objects.values_list("step", "milestone", "recipient", "due_version", "occurrence", "channel")
    assert set(Counter(rows).values()) == {1}
    assert not OutgoingMail.objects.filter(state__in=["failed", "sending", "queued", "retry"]).exists()


def _only_on_working_days_and_about_what_is_open(story: Story) -> None:
    calendar, zone = Calendar(), story.world.plan.zone
    rows: Any = Reminder.objects.filter(state__in=LEFT).values_list("milestone_id", "mail__sent_at")
    for pk, moment in rows:
        assert isinstance(moment, datetime)
        assert calendar.is_workday(moment.astimezone(zone).date())
        assert pk not in story.ended or moment < story.ended[pk]


def _as_often_at_the_server_as_the_outbox_says(story: Story) -> None:
    """Twice only where a worker died between the server's answer and its mark: the run counts these."""
    arrived = Counter(str(message["Message-ID"]) for message in story.sink.messages)
    doubles = sum(count - 1 for count in arrived.values())
    assert len(arrived) >= OutgoingMail.objects.filter(state="sent").count()
    assert doubles <= story.kills
    print(f"mails {len(arrived)}, doubles {doubles}, kills {story.kills}, outages {story.outages}")
