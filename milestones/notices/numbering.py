"""Which number does the next notice of a year get? See docs/decisions/0043."""

from __future__ import annotations

from django.db.models import F

from milestones.models import NoticeNumber


def take(year: int) -> int:
    """The next number of `year`, in the caller's transaction: should that roll back, the number was never taken.

    The year's row stays locked until the transaction ends, so take the number as late as possible.
    """
    NoticeNumber.objects.bulk_create([NoticeNumber(year=year)], ignore_conflicts=True)
    NoticeNumber.objects.filter(year=year).update(last=F("last") + 1)
    return NoticeNumber.objects.get(year=year).last
