"""What is kept for how long, and what goes by itself?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from milestones.models import (
    ClientHour,
    DeliveryState,
    IdempotencyRecord,
    MailState,
    OutgoingMail,
    SignIn,
    WebhookAttempt,
    WebhookDelivery,
)

BATCH = 1_000
REFUSALS_KEPT = timedelta(days=31)
ANSWERS_KEPT = timedelta(hours=24)
TOLD_KEPT = timedelta(days=30)
# What waits still needs its body; these left, or never will.
OVER = (MailState.SENT, MailState.FAILED, MailState.SUPPRESSED)


def forget(now: datetime) -> Counter[str]:
    """Drop what is older than the settings allow, in short transactions; how much of each. Safe to run twice."""
    return Counter(
        bodies=drop_bodies(now),
        sessions=clear_sessions(now),
        sign_ins=drop_sign_ins(now),
        refusals=drop_refusals(now),
        told=drop_told(now),
        answers=drop_answers(now),
    )


def drop_bodies(now: datetime) -> int:
    """Text and HTML of mails that were over MAIL_BODY_DAYS ago; recipient, subject, state and reasons stay."""
    before, total = now - timedelta(days=settings.MAIL_BODY_DAYS), 0
    while batch := list(_with_old_body(before).values_list("pk", flat=True)[:BATCH]):
        # Asked again: one of them may just have been queued anew.
        dropped = _with_old_body(before).filter(pk__any_of=batch)
        total += (count := dropped.update(text="", html="", body_dropped_at=now))
        if not count:
            break
    return total


def clear_sessions(now: datetime) -> int:
    """Sessions that ended; their rows would stay for ever, and where they were open too."""
    gone: int = Session.objects.filter(expire_date__lt=now).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()
    return gone


def drop_sign_ins(now: datetime) -> int:
    """What happened at the door more than SIGN_IN_DAYS ago."""
    return SignIn.objects.filter(at__lt=now - timedelta(days=settings.SIGN_IN_DAYS)).delete()[0]


def drop_refusals(now: datetime) -> int:
    """What clients were refused, by the hour: its page shows a day of it."""
    return ClientHour.objects.filter(hour__lt=now - REFUSALS_KEPT).delete()[0]


def drop_answers(now: datetime) -> int:
    """Answers to POSTs with an Idempotency-Key, which are replayed no longer. Some hold a webhook's secret."""
    return IdempotencyRecord.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()[0]


def drop_told(now: datetime) -> int:
    """Messages to other systems that arrived long ago, with their attempts, and those given up that nobody sent again
    before the changes they speak of left the feed. What is held stays with its endpoint."""
    old = Q(state=DeliveryState.SENT, created_at__lt=now - TOLD_KEPT)
    old |= Q(state=DeliveryState.FAILED, created_at__lt=now - max(TOLD_KEPT, timedelta(days=settings.FEED_DAYS)))
    total = 0
    while batch := list(WebhookDelivery.objects.filter(old).values_list("pk", flat=True)[:BATCH]):
        WebhookAttempt.objects.filter(delivery__in=batch).delete()
        total += len(batch)
        WebhookDelivery.objects.filter(pk__in=batch).delete()
    return total


def _with_old_body(before: datetime) -> QuerySet[OutgoingMail]:
    """Of a mail that was not sent the making counts: it is not known when it was given up."""
    over = Q(sent_at__lt=before) | Q(sent_at__isnull=True, created_at__lt=before)
    return OutgoingMail.objects.filter(over, state__in=OVER, body_dropped_at__isnull=True, created_at__lt=before)
