"""Let another system in: a client of the API, and its token, shown once."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.clients import issuing, tokens
from milestones.errors import DomainError
from milestones.management import lookup
from milestones.models import ApiClient, ApiToken, Scope


class Command(BaseCommand):
    help = (
        "Make an API client and its token, which is printed once, alone on the last line. A client of that name gets "
        "one more token and keeps what it may do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME")
        known = ", ".join(Scope.values)
        parser.add_argument("--scopes", metavar="read,write", help=f"comma-separated: {known}; write implies read")
        many: Any = {"metavar": "CODE", "action": "extend", "nargs": "+"}
        parser.add_argument("--plan", **many, help="only these plans")
        parser.add_argument("--organisation", **many, help="only milestones that these lead or take part in")
        parser.add_argument("--network", **{**many, "metavar": "CIDR"}, help="calls only from these networks")
        parser.add_argument("--expires", type=_day, metavar="YYYY-MM-DD", help="the last day on which the token works")
        parser.add_argument("--rate", metavar="600/min", help="its own limit; per s, min, h or day")
        parser.add_argument("--owner", metavar="EMAIL", help="who hears when it falls silent; else the office")
        parser.add_argument("--expect-every", type=int, metavar="MIN", help="it promises a pull every so many minutes")

    def handle(self, *, name: str, expires: date | None, **options: Any) -> None:
        try:
            made = issuing.issue(
                name,
                _values(options),
                expires_at=tokens.end_of(expires) if expires else None,
                actor=Actor.system(),
                now=timezone.now(),
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        token = made.client.tokens.latest("created_at", "id")
        for line in _lines(made.client, token):
            self.stdout.write(line)
        self.stdout.write(made.token)


def _values(options: dict[str, Any]) -> dict[str, Any]:
    """Only what was said."""
    said: dict[str, Any] = {
        "scopes": options["scopes"] and options["scopes"].split(","),
        "plans": options["plan"] and [lookup.plan(code) for code in options["plan"]],
        "organisations": options["organisation"] and [lookup.organisation(code) for code in options["organisation"]],
        "networks": options["network"],
        "rate": options["rate"],
        "owner": options["owner"] and lookup.person(options["owner"]),
        "expected_every": options["expect_every"],
    }
    return {name: value for name, value in said.items() if value is not None}


def _lines(client: ApiClient, token: ApiToken) -> list[str]:
    until = date_format(timezone.localtime(token.expires_at), "Y-m-d H:i") if token.expires_at else _("no end")
    shown = {"name": client.name, "scopes": ", ".join(client.scopes), "prefix": token.prefix, "until": until}
    reach = {"plans": _many(client.plans), "organisations": _many(client.organisations)}
    return [
        _("Client “%(name)s”: %(scopes)s.") % shown,
        _("Reach: plans %(plans)s, organisations %(organisations)s.") % reach,
        _("Token %(prefix)s…, valid until: %(until)s. It is shown this once; keep it now:") % shown,
    ]


def _many(ids: list[str] | None) -> str:
    return _("all") if ids is None else str(len(ids))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"a day as 2027-01-31 is needed, not {text}") from None
