"""How does a name get a token, whether there is a client of that name or not?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from milestones.actors import Actor
from milestones.errors import RuleBroken
from milestones.models import ApiClient

from . import operations, rules
from .operations import Issued


def issue(
    name: str, values: Mapping[str, Any], *, expires_at: datetime | None = None, actor: Actor, now: datetime
) -> Issued:
    """A new client, or one more token of the client that has this name already.

    The latter keeps what it may do: RuleBroken when `values` say something else, for a token on the side must not
    widen what others use. A new one needs `scopes`.
    """
    client = ApiClient.objects.filter(name=" ".join(name.split())).first()
    if client is None:
        return operations.create({**values, "name": name}, expires_at=expires_at, actor=actor, now=now)
    differing = [column for column, value in rules.cleaned(client, values).items() if getattr(client, column) != value]
    if differing:
        label = client._meta.get_field(differing[0]).verbose_name  # type: ignore[union-attr]
        message = _(
            "There is a client “%(name)s” already, with other %(label)s; leave that out, or edit it in the admin."
        )
        raise RuleBroken(message % {"name": client.name, "label": label}, field=differing[0], code="differs")
    return operations.add_token(client, expires_at=expires_at, actor=actor, now=now)
