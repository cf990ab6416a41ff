"""Send one mail now, and show what the server said."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.management import lookup
from milestones.models import MailState, OutgoingMail
from milestones.people import operations
from milestones.reminders import delivery

SECONDS_FOR_ANOTHER_WORKER = 60


class Command(BaseCommand):
    help = "Send a test mail to the person with that address, and show the mail server's own words."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *, email: str, **options: Any) -> None:
        person = lookup.person(email)
        self.stdout.write(_("To %(to)s, from %(sender)s, through %(server)s") % described(person.email))
        mail = operations.send_test(person, actor=Actor.system(), now=timezone.now())
        done = delivery.deliver(timezone.now, only=mail.pk)
        settle(mail)
        words = mail.server_reply or done.unavailable or _("nothing was said")
        self.stdout.write(_("The server: %s") % words)
        if mail.state != MailState.SENT:
            raise CommandError(_("The mail did not leave: %s. It stays in the outbox.") % mail.get_state_display())
        self.stdout.write(_("Accepted. Whether it arrives shows the mailbox; look into the spam folder too."))


def settle(mail: OutgoingMail) -> None:
    """Wait until the row has its outcome: a worker that was quicker may be at it."""
    give_up = time.monotonic() + SECONDS_FOR_ANOTHER_WORKER
    mail.refresh_from_db()
    while mail.state in (MailState.QUEUED, MailState.SENDING) and time.monotonic() < give_up:
        time.sleep(0.2)
        mail.refresh_from_db()


def described(to: str) -> dict[str, str]:
    transport = settings.MAIL_TRANSPORT
    server = (
        transport.path if transport.scheme == "file" else f"{transport.host}:{transport.port} (TLS: {transport.tls})"
    )
    return {"to": to, "sender": settings.DEFAULT_FROM_EMAIL, "server": str(server)}
