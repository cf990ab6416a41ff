"""Just before a mail leaves that asks somebody to act: is that still asked?

A kind of mail that can be outdated by an answer names here who knows. What is no kind of these, and carries no
reminders, is sent as it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from milestones.extensions import asking as decisions
from milestones.models import MailKind, OutgoingMail
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
ANSWERED = "answered meanwhile"


def no_longer(mails: Iterable[OutgoingMail], moment: datetime) -> set[Any]:
    """The ids of those that ask for nothing any more; the others say from now on what is still asked.

    Bytes that a server may already have are sent again as they were, as long as something is asked.
    """
    by_kind: dict[str, list[OutgoingMail]] = defaultdict(list)
    for mail in mails:
        if mail.kind in ASKS:
            by_kind[mail.kind].append(mail)
    answered = set()
    for kind, some in by_kind.items():
        letters = ASKS[kind](some, moment)
        for mail in some:
            if (letter := letters[mail.pk]) is None:
                answered.add(mail.pk)
            elif not mail.handed_over:
                _renew(mail, letter)
    return answered


def _renew(mail: OutgoingMail, letter: OutgoingMail) -> None:
    said = ("language", "subject", "text", "html")
    if any(getattr(mail, name) != getattr(letter, name) for name in said):
        for name in said:
            setattr(mail, name, getattr(letter, name))
        mail.save(update_fields=said)
