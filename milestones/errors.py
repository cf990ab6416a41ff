"""How does the domain say no? Four kinds of refusal; every verb's own errors derive from one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal in the reader's language. `field` names the input at fault, None when it is the whole object."""

    code = "refused"
    message: Any = _("This is not possible.")

    def __init__(self, message: Any = None, *, field: str | None = None, code: str | None = None) -> None:
        self.message = message if message is not None else self.message
        self.field = field
        self.code = code or self.code
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class RuleBroken(DomainError):
    """The input is well formed but breaks a rule of the domain; nothing was written."""

    code = "rule"


class Forbidden(DomainError):
    """The actor may not do this to this object."""

    code = "forbidden"
    message = _("Your roles do not allow this.")


class StateConflict(DomainError):
    """The object is in a state that does not allow the verb."""

    code = "state"


class Conflict(DomainError):
    """Somebody else changed the object first; nothing was written.

    `version` is the present version, `who` the label of the last actor (empty when unknown), `when` an aware instant
    (None when unknown), `fields` the names that changed since the reader's version.
    """

    code = "conflict"

    def __init__(
        self,
        message: Any = None,
        *,
        version: int | None = None,
        who: str = "",
        when: Any = None,
        fields: Any = (),
    ) -> None:
        super().__init__(message or _("Somebody changed this in the meantime; nothing was saved."))
        self.version = version
        self.who = who
        self.when = when
        self.fields = tuple(fields)


class Duplicate(DomainError):
    """A code, reference or address is already taken."""

    code = "duplicate"


class UnknownField(RuleBroken):
    """A verb was given something that it does not write."""

    code = "unknown_field"
    message = _("There is no such field.")


def check_known(values: Iterable[str], editable: Iterable[str]) -> None:
    """Raise UnknownField for the first of `values` that is not among the `editable` columns of a verb."""
    if unknown := sorted(set(values) - set(editable)):
        raise UnknownField(field=unknown[0])
