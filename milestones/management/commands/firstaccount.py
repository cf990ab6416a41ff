"""Make the first account of an empty installation."""

from __future__ import annotations

import sys
from email.utils import parseaddr
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.errors import DomainError
from milestones.models import Person
from milestones.people import first_account
from milestones.people.operations import clean_email


class Command(BaseCommand):
    help = "Asks for the first account of the supervision office; without a terminal, invites ADMIN_EMAIL."

    def handle(self, **options: Any) -> None:
        try:
            first_account.check_none_yet()
            if sys.stdin.isatty():
                self.ask()
            else:
                self.take_from_environment()
        except DomainError as error:
            raise CommandError(str(error)) from error
        except (KeyboardInterrupt, EOFError):
            raise CommandError(_("Stopped; no account was made.")) from None

    def ask(self) -> None:
        self.stdout.write(_("The first account, of the supervision office:"))
        email = self.ask_email()
        name = self.ask_name()
        password = self.ask_password(Person(email=email, display_name=name))
        first_account.create(email, name, password, now=timezone.now())
        self.stdout.write(_("%(email)s can sign in at %(url)s") % {"email": email, "url": settings.BASE_URL})

    def ask_email(self) -> str:
        while True:
            try:
                return clean_email(input(_("E-mail address: ")))
            except DomainError as error:
                self.stderr.write(str(error))

    def ask_name(self) -> str:
        name = ""
        while not name:
            name = input(_("Name that others see: ")).strip()
        return name

    def ask_password(self, person: Person) -> str:
        while True:
            password = getpass(_("Password: "))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            if password == getpass(_("The same again: ")):
                return password
            self.stderr.write(_("The two are not the same."))

    def take_from_environment(self) -> None:
        name, email = parseaddr(settings.ADMIN_EMAIL)
        if not email:
            advice = _("Nobody can be asked here: set ADMIN_EMAIL, or run “manage.py firstaccount” on a terminal.")
            raise CommandError(advice)
        person = first_account.create(email, name or email.partition("@")[0], None, now=timezone.now())
        words = _(
            "%(email)s is the first account. An invitation to set a password is in the outbox; it goes to %(where)s."
        )
        self.stdout.write(words % {"email": person.email, "where": where_mail_goes()})


def where_mail_goes() -> str:
    transport = settings.MAIL_TRANSPORT
    return str(transport.path) if transport.scheme == "file" else f"{transport.host}:{transport.port}"
