"""Does what is older than the settings allow go, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import translation

from milestones.errors import StateConflict
from milestones.mail import catalogue
from milestones.models import MailState, OutgoingMail
from milestones.reminders import delivery
from milestones.upkeep import retention
from tests.cast import NOW, SYSTEM, Cast

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
AFTER = NOW + 180 * DAY + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def mail(cast: Cast, state: str, created: datetime = NOW, sent: datetime | None = None) -> OutgoingMail:
    row = catalogue.test(cast.owner, now=created)
    row.state, row.sent_at, row.server_reply = state, sent, "250 ok"
    row.save(force_insert=True)
    return row


def has_body(row: OutgoingMail) -> bool:
    row.refresh_from_db()
    assert (row.text == "") == (row.html == "") == (row.body_dropped_at is not None)
    return row.body_dropped_at is None


@pytest.mark.parametrize("state", [MailState.SENT, MailState.FAILED, MailState.SUPPRESSED])
def test_the_body_goes_after_180_days_and_headers_and_words_stay(running: Cast, state: str) -> None:
    row = mail(running, state, sent=NOW if state == MailState.SENT else None)
    kept = (row.kind, row.to, row.subject, row.state, row.created_at, row.sent_at, row.server_reply)
    assert retention.drop_bodies(NOW + 180 * DAY) == 0
    assert has_body(row)
    assert retention.drop_bodies(AFTER) == 1
    assert not has_body(row)
    assert (row.kind, row.to, row.subject, row.state, row.created_at, row.sent_at, row.server_reply) == kept
    assert row.body_dropped_at == AFTER


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.RETRY, MailState.SENDING])
def test_what_still_waits_keeps_its_body_however_old(running: Cast, state: str) -> None:
    row = mail(running, state)
    assert retention.drop_bodies(AFTER + 1000 * DAY) == 0
    assert has_body(row)


def test_it_counts_from_the_day_it_left(running: Cast) -> None:
    row = mail(running, MailState.SENT, sent=NOW + 3 * DAY)
    assert retention.drop_bodies(AFTER) == 0
    assert retention.drop_bodies(AFTER + 3 * DAY) == 1
    assert not has_body(row)


def test_many_go_in_batches_and_twice_is_once(running: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.MAIL_BODY_DAYS = 30
    monkeypatch.setattr(retention, "BATCH", 3)
    for _number in range(7):
        mail(running, MailState.FAILED)
    assert retention.drop_bodies(NOW + 31 * DAY) == 7
    assert retention.drop_bodies(NOW + 32 * DAY) == 0


def test_a_failed_mail_without_its_text_cannot_be_sent_again(running: Cast) -> None:
    row = mail(running, MailState.FAILED)
    retention.drop_bodies(AFTER)
    with pytest.raises(StateConflict, match="was deleted") as refused:
        delivery.resend(row, actor=SYSTEM, now=AFTER)
    assert refused.value.code == "body_dropped"
    row.refresh_from_db()
    assert row.state == MailState.FAILED


def test_sessions_that_ended_are_cleared(running: Cast) -> None:
    for key, ends in (("old", NOW - DAY), ("new", NOW + DAY)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    assert retention.forget(NOW) == {"bodies": 0, "sessions": 1, "refusals": 0, "told": 0, "answers": 0, "sign_ins": 0}
    assert [session.pk for session in Session.objects.all()] == ["new"]
