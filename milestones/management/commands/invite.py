"""Send people a link on which they set their password."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.management import lookup
from milestones.models import Person
from milestones.people import first_account, operations


class Command(BaseCommand):
    help = "Queue invitations for accounts without a password; whoever has a valid one is left out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("emails", metavar="EMAIL", nargs="*")
        parser.add_argument("--all", action="store_true", help="every active account without a password")
        parser.add_argument("--again", action="store_true", help="also those whose invitation is still valid")

    def handle(self, *, emails: list[str], all: bool, again: bool, **options: Any) -> None:  # noqa: A002 - the option's name
        if bool(emails) == all:
            raise CommandError(_("Name e-mail addresses, or say --all."))
        now = timezone.now()
        people = first_account.without_password() if all else [invitable(email) for email in emails]
        wanted = [person for person in people if again or not first_account.is_invited(person, now=now)]
        try:
            with transaction.atomic():
                for person in wanted:
                    operations.invite(person, actor=Actor.system(), now=now)
        except DomainError as error:
            raise CommandError(str(error)) from error
        for person in wanted:
            self.stdout.write(person.email)
        left_out = len(people) - len(wanted)
        self.stdout.write(
            _("Invitations in the outbox: %(new)s. Left out, because theirs is still valid: %(old)s.")
            % {"new": len(wanted), "old": left_out}
        )


def invitable(email: str) -> Person:
    person = lookup.person(email)
    if person.has_usable_password():
        raise CommandError(
            _("%(email)s has a password; a forgotten one is set anew from the sign-in page.") % {"email": person.email}
        )
    return person
