"""When is a message that was not taken tried again, and when is it given up?"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from milestones.models import WebhookDelivery

from .payloads import PING

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600))
LONGEST_PAUSE = timedelta(hours=2)
LONGEST_ASKED = timedelta(days=1)  # of what a receiver asks for with Retry-After
PATIENCE = timedelta(days=3)
PATIENCE_WITH_A_PING = timedelta(minutes=10)  # somebody looks whether it arrives


def pause(attempts: int, asked: timedelta = timedelta()) -> timedelta:
    """After that many attempts, with jitter; never shorter than what the receiver asked for."""
    usual = PAUSES[attempts - 1] if attempts <= len(PAUSES) else LONGEST_PAUSE
    return max(usual * random.uniform(1, 1.2), min(asked, LONGEST_ASKED))  # noqa: S311 - spreads, protects nothing


def is_over(delivery: WebhookDelivery, began: datetime, now: datetime) -> bool:
    """Whether the attempt of `now` was the last one; the first was made when it `began`."""
    return now - began >= (PATIENCE_WITH_A_PING if delivery.type == PING else PATIENCE)
