"""Just before a mail leaves that asks somebody to act: is that still asked?

A kind of mail that can be outdated by an answer names here who knows. What is no kind of these, and carries no
reminders, is sent as it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from milestones.extensions import asking as decisions
from milestones.models import MailKind, MailState, OutgoingMail
from milestones.status_reports import asking as reports
from milestones.targets import asking as readings

# By the mail's id: the letter that would be written now, None when nothing is asked any more.
Renewed = Callable[[Sequence[OutgoingMail], datetime], Mapping[Any, OutgoingMail | None]]
ASKS: Mapping[str, Renewed] = {
    MailKind.REPORT_DUE: reports.renewed,
    MailKind.DECISION_DUE: decisions.renewed,
    MailKind.READING_DUE: readings.renewed,
    MailKind.EXTENSION: decisions.still_open,
}
ONCE_A_DAY = (MailKind.REPORT_DUE, MailKind.DECISION_DUE, MailKind.READING_DUE)
ANSWERED, ASKED_AGAIN = "answered meanwhile", "a later mail asks"
NEVER_LEFT = (MailState.SUPPRESSED, MailState.FAILED, MailState.BOUNCED)


def no_longer(mails: Iterable[OutgoingMail], moment: datetime) -> dict[Any, str]:
    """By id, why some ask for nothing any more; the others say from now on what is still asked.

    Bytes that a server may already have are sent again as they were, as long as something is asked.
    """
    by_kind: dict[str, list[OutgoingMail]] = defaultdict(list)
    for mail in mails:
        if mail.kind in ASKS:
            by_kind[mail.kind].append(mail)
    found: dict[Any, str] = {}
    for kind, some in by_kind.items():
        again = _asked_again(kind, some) if kind in ONCE_A_DAY else set()
        letters = ASKS[kind](some, moment)
        for mail in some:
            if (letter := letters[mail.pk]) is None:
                found[mail.pk] = ANSWERED
            elif mail.pk in again:
                found[mail.pk] = ASKED_AGAIN
            elif not mail.handed_over:
                _renew(mail, letter)
    return found


def _asked_again(kind: str, mails: Sequence[OutgoingMail]) -> set[Any]:
    """Those that waited, for a server that was down, until a mail of a later day said the same."""
    people = [mail.recipient_id for mail in mails if mail.recipient_id is not None]
    rows = OutgoingMail.objects.filter(kind=kind, recipient__id__any_of=people).exclude(state__in=NEVER_LEFT).order_by()
    last = rows.values_list("recipient_id").annotate(last=Max("day"))
    newest: dict[Any, Any] = dict(last.values_list("recipient_id", "last"))
    return {mail.pk for mail in mails if mail.day is not None and mail.day < newest.get(mail.recipient_id, mail.day)}


def _renew(mail: OutgoingMail, letter: OutgoingMail) -> None:
    said = ("language", "subject", "text", "html")
    if any(getattr(mail, name) != getattr(letter, name) for name in said):
        for name in said:
            setattr(mail, name, getattr(letter, name))
        mail.save(update_fields=said)
