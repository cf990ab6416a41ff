"""How is a mail written anew when some of the reminders that it carried no longer apply?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from milestones.mail import digest
from milestones.models import MailKind, OutgoingMail
from milestones.planning.calendars import calendar

from . import posts
from .items import items_of_mail


def rewrite(mail: OutgoingMail) -> None:
    """Store subject, text and HTML for what is left. A notice stands as it was issued: one notice, one matter."""
    if (written := WRITERS.get(mail.kind)) is not None:
        written(mail)
        mail.save(update_fields=["subject", "text", "html"])


def _digest(mail: OutgoingMail) -> None:
    person = mail.recipient
    assert person is not None  # a constraint holds that a digest has one
    digest.write(mail, person, items_of_mail(mail), calendar())


WRITERS: Mapping[str, Callable[[OutgoingMail], None]] = {
    MailKind.DIGEST: _digest,
    MailKind.DUE_TODAY: _digest,
    MailKind.SINGLE: _digest,
    MailKind.POST: posts.rewrite,
}
