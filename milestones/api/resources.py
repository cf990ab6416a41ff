"""What do all resources have in common? Lists by key, entity tags, preconditions, answers from the shape.

A resource names its shape, its input and its verbs; each method translates, makes one call of the domain, and answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from milestones import access
from milestones.actors import Actor
from milestones.errors import Conflict
from milestones.models import Scope
from milestones.shapes import SHAPES
from milestones.shapes.base import Shape

from . import answers, auth, filters, idempotency, pagination, preconditions
from .fields import Strict
from .pagination import bad
from .problems import Problem


class View(ViewSet):
    """Any address of the API: knows who asks and when, and does a POST with an Idempotency-Key once."""

    request: Request
    written_with: ClassVar[tuple[str, ...]] = ()  # the parameters that a writing request may bring
    written_by: ClassVar[tuple[str, ...]] = (Scope.WRITE,)  # the scopes, any of which a writing client needs

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = str(request.method)
        if method in ("POST", "PUT", "PATCH", "DELETE") and hasattr(self, method.lower()):  # else 405, whatever it asks
            auth.need(request, *self.written_by)
            filters.check_known(request.query_params, self.written_with)
        if method == "POST" and hasattr(self, "post"):
            self.post: Any = idempotency.once(self.post, self.actor, auth.owner(request), self.prepare)
        if method in ("GET", "HEAD"):
            self.check_reading()

    def prepare(self) -> None:
        """What is slow of a POST and writes nothing, before it is done once by its key."""

    def check_reading(self) -> None:
        auth.need(self.request, Scope.READ)

    @property
    def actor(self) -> Actor:
        return auth.actor(self.request)

    @property
    def how(self) -> dict[str, Any]:
        """What every verb is told: who, and when."""
        return {"actor": self.actor, "now": self.now}

    @property
    def now(self) -> datetime:
        return timezone.now()

    def input(self, serializer: type[Strict], *, partial: bool = False) -> dict[str, Any]:
        """The checked body. Raises ValidationError (422) naming every field at fault.

        `partial`: any of its fields may be left out; what is given is given as a whole, a date with its day.
        """
        return dict(_taker(serializer, partial, get_language()).run_validation(self.request.data))


@cache
def _taker(serializer: type[Strict], partial: bool, language: str | None) -> Strict:
    """What checks bodies without keeping anything of them. To make its fields costs more than to ask them; what they
    say stays in the language in which they said it first."""
    taker = serializer()
    for field in taker.fields.values() if partial else ():
        field.required, field.default = False, empty
    return taker


class Resource(View):
    """`entity` names the shape. `orderings` are what the list may be ordered by: name → a column that is never null.
    `related` is fetched along with an object for its verbs' sake."""

    entity: ClassVar[str]
    serializer_class: ClassVar[type[Strict]]
    filters: ClassVar[type[filters.Filters] | None] = filters.Filters
    orderings: ClassVar[Mapping[str, str]] = {"created_at": "created_at", "updated_at": "updated_at"}
    related: ClassVar[tuple[str, ...]] = ()

    # --- reading ------------------------------------------------------------------------------------------------------
    @property
    def shape(self) -> Shape:
        return SHAPES[self.entity]

    def rows(self) -> QuerySet[Any]:
        """All that the asker may see."""
        model = self.shape.model
        return access.visible(model._default_manager.order_by(), self.actor)

    def list(self, request: Request, **kwargs: Any) -> HttpResponse:
        query = request.query_params
        own = self.filters.base_filters if self.filters else ()
        filters.check_known(query, {*own, *filters.PAGING, "ordering", "fields"})
        if filters.named_people(query, self.filters):
            auth.need_to_name_people(request)
        page = pagination.read(query, self.orderings)
        rows = pagination.cut(filters.apply(self.rows(), query, self.filters), page)
        keys = [key.column for key in page.order]
        found = list(self.shape.rows(rows, auth.reader(request), *keys, fields=self.fields()))
        more = found[: page.limit] if len(found) > page.limit else []
        following = self.following(pagination.cursor(page, more[-1][:-1])) if more else None
        return answers.page((row[-1] for row in found[: page.limit]), following)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        filters.check_known(request.query_params, {"fields"})
        return self.shown(self.id(pk), fields=self.fields())

    def fields(self) -> tuple[str, ...]:
        """Sparse fields: those asked for, and always the id; empty for all."""
        text = self.request.query_params.get("fields")
        if text is None:
            return ()
        asked = tuple(word.strip() for word in text.split(","))
        if unknown := [name for name in asked if name not in self.shape.fields]:
            words = _("There is no field “%(name)s”; known are %(known)s.")
            raise bad("fields", words % {"name": unknown[0], "known": ", ".join(self.shape.fields)})
        return ("id", *asked)

    def following(self, cursor: str) -> str:
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def shown(self, pk: Any, status: int = 200, *, fields: tuple[str, ...] = (), **headers: str) -> HttpResponse:
        """One object with its entity tag; 304 when the asker holds it, 404 when there is none to see."""
        seen = self.shape.rows(self.rows().filter(pk=pk), auth.reader(self.request), "version", fields=fields)
        found = next(seen, None)
        if found is None:
            raise self.absent()
        version, text = found
        if self.request.method in ("GET", "HEAD") and preconditions.is_fresh(self.request.headers, version):
            return HttpResponse(status=304, headers={"ETag": answers.etag(version)})
        return answers.one(text, version, status, **headers)

    def written(self, pk: Any, status: int = 200, **headers: str) -> HttpResponse:
        """The same of what the asker has just written, even where it has left their sight by that."""
        try:
            version, text = self.shape.stored(pk, auth.reader(self.request))
        except ObjectDoesNotExist:  # somebody has deleted it since
            raise self.absent() from None
        return answers.one(text, version, status, **headers)

    def absent(self) -> Problem:
        return Problem("not-found", _("There is no such object, or it is outside what you may see."))

    # --- writing ------------------------------------------------------------------------------------------------------
    def id(self, pk: str) -> Any:
        found = answers.identifier(pk)
        if found is None:
            raise self.absent()
        return found

    def found(self, pk: str, *, needs_match: bool = False) -> Any:
        """The row that a verb is to change, of the version that the asker saw."""
        found = self.rows().filter(pk=self.id(pk)).select_related(*self.related).first()
        if found is None:
            raise self.absent()
        self.check_match(found, needed=needs_match)
        return found

    def check_match(self, obj: Any, *, needed: bool) -> None:
        preconditions.check(self.request.headers, obj.version, lambda: self.current(obj.pk), needed=needed)

    def current(self, pk: Any) -> dict[str, Any]:
        return self.shape.one(pk, auth.reader(self.request))

    def created(self, obj: Model) -> HttpResponse:
        where = self.request.build_absolute_uri(f"{self.request.path.rstrip('/')}/{obj.pk}")
        return self.written(obj.pk, 201, Location=where)

    def deleted(self) -> HttpResponse:
        return answers.nothing()

    def changing(self, obj: Any, change: Callable[[], object]) -> HttpResponse:
        """Do `change`; when somebody else is faster, 412 with what they made of it."""
        try:
            change()
        except Conflict as error:
            if "If-Match" in self.request.headers:
                raise preconditions.stale(self.current(obj.pk)) from error
            raise
        return self.written(obj.pk)

    def moved(self, pk: str, verb: Callable[..., object], **given: Any) -> HttpResponse:
        """A step through its states, from the version that was found."""
        found = self.found(pk)
        return self.changing(found, lambda: verb(found, version=found.version, **given, **self.how))
