"""Which mails came back? Read the reports in an mbox file or a Maildir, and tell what each of them changed."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.mail import mailboxes
from milestones.mail.mailboxes import Key, Mailbox, Unusable
from milestones.reminders import bounces
from milestones.reminders.bounces import Became, Told

SOME_BROKEN = 3  # all others were read
DONE_WITH = {Became.RETURNED, Became.KNOWN}


class Command(BaseCommand):
    help = (
        "Read reports of undeliverable mail (RFC 3464) from an mbox file or a Maildir: mails are marked as returned, "
        "and people whose address is dead get nothing more until the office clears it. Safe to repeat. "
        "Exit code 1: the mailbox cannot be read; 3: some reports are broken, all others were read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mailbox", type=Path, metavar="MBOX|MAILDIR")
        parser.add_argument(
            "--delete", action="store_true", help="remove the reports about our mails; everything else stays"
        )

    def handle(self, *args: Any, mailbox: Path, delete: bool, **options: Any) -> None:
        counts: Counter[str] = Counter()
        try:
            with mailboxes.opened(mailbox) as box:
                done_with = list(self._read(box, counts))
                if delete:
                    box.remove(done_with)
        except Unusable as error:
            raise CommandError(str(error)) from error
        self.stdout.write("  ".join(f"{became} {counts[became]}" for became in [*Became, "marked"]))
        if delete:
            self.stdout.write(_("Removed: %(count)s") % {"count": len(done_with)})
        if counts[Became.BROKEN]:
            raise CommandError(_("Some reports cannot be read; they stay in the mailbox."), returncode=SOME_BROKEN)

    def _read(self, box: Mailbox, counts: Counter[str]) -> Iterable[Key]:
        """The keys of the messages that nobody needs any more."""
        for key, content in box:
            told = bounces.take(content, now=timezone.now())
            for one in told:
                counts[one.became] += 1
                counts["marked"] += one.marked
                if one.became != Became.NO_REPORT:
                    self.stdout.write(_line(key, one))
            if all(one.became in DONE_WITH for one in told):
                yield key


def _line(key: Key, one: Told) -> str:
    marked = "  " + _("address marked") if one.marked else ""
    return f"{key}: {one.became}  {one.to}  {one.words[:200]}".rstrip() + marked
