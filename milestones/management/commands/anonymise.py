"""Take a leaver's name and address out of the tables, for good."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.management import lookup
from milestones.people import privacy


class Command(BaseCommand):
    help = "Anonymise a deactivated account. There is no way back; asks first, unless --yes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--reason", required=True, help="kept in the history")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, email: str, reason: str, yes: bool, **options: Any) -> None:
        person = lookup.person(email)
        question = _("Anonymise %(person)s <%(email)s>? This cannot be undone. Type the address to go on: ")
        if not yes and input(question % {"person": person, "email": person.email}).strip() != person.email:
            raise CommandError(_("Nothing was changed."))
        try:
            privacy.anonymise(person, reason=reason, actor=Actor.system(), now=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("The account is now: %(person)s <%(email)s>") % {"person": person, "email": person.email})
