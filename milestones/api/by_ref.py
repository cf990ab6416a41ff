"""How does another system read, make and change an object under the name that it has for it itself?

All after the system is the id, slashes too, but for the one that closes an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from milestones.errors import Conflict, Duplicate, RuleBroken
from milestones.models import ExternalRef
from milestones.planning import references
from milestones.planning.references import FIELD, MOST

from . import answers, filters, preconditions
from .fields import Strict, Text
from .resources import Resource

Key = tuple[str, str]


class RefSerializer(Strict):
    """The name under which another system knows the object: exactly these letters."""

    system = Text(max_length=60, trim_whitespace=False)
    id = Text(max_length=200, lines=True, trim_whitespace=False)


def refs_field() -> RefSerializer:
    """All names that an object has from now on."""
    return RefSerializer(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]  # the list takes it


def refs(given: Mapping[str, Any]) -> list[Key] | None:
    """As verbs take them; None when they are not spoken of."""
    return [(one["system"], one["id"]) for one in given[FIELD]] if FIELD in given else None


class ByRef(Resource):
    """A noun whose objects other systems have names for. `make` and `alter` are its two verbs, of checked input."""

    def make(self, given: dict[str, Any]) -> Any:
        raise NotImplementedError

    def alter(self, obj: Any, given: dict[str, Any]) -> bool:
        """False when nothing differed."""
        raise NotImplementedError

    def create(self, request: Request) -> HttpResponse:
        return self.created(self.make(self.input(self.serializer_class)))

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        given = self.input(self.serializer_class, partial=True)
        return self.changing(found, lambda: self.alter(found, given))

    # --- by-ref -------------------------------------------------------------------------------------------------------
    def retrieve_by_ref(self, request: Request, system: str, external_id: str) -> HttpResponse:
        filters.check_known(request.query_params, {"fields"})
        return self.shown(self.holder((system, external_id)), fields=self.fields())

    def upsert(self, request: Request, system: str, external_id: str) -> HttpResponse:
        """201 when it is made, 200 when it is there. Whoever loses a race begins once more, with what is there now."""
        references.check_one(system, external_id, field="")
        try:
            return self._put((system, external_id))
        except (Duplicate, Conflict) as error:
            if isinstance(error, Duplicate) and self.holder((system, external_id)) is None:
                raise
            return self._put((system, external_id))

    def remove_ref(self, request: Request, system: str, external_id: str) -> HttpResponse:
        """The name goes, the object stays. If-Match is honoured, and not needed: the address says what is meant."""
        found = self._found((system, external_id))
        if found is None:
            raise self.absent()
        self.check_match(found, needed=False)
        rows = ExternalRef.objects.filter(entity=self.entity, object_id=found.pk).values_list("system", "external_id")
        left = [{"system": one[0], "id": one[1]} for one in rows if one != (system, external_id)]
        self.changing(found, lambda: self.alter(found, {FIELD: left}))
        return answers.nothing()

    def holder(self, key: Key) -> Any:
        """The id of the object of this name, None for none."""
        try:
            references.check_one(*key)
        except RuleBroken:
            return None
        rows = ExternalRef.objects.filter(entity=self.entity, system=key[0], external_id=key[1])
        return rows.values_list("object_id", flat=True).first()

    def _found(self, key: Key) -> Any:
        return self.rows().filter(pk=self.holder(key)).select_related(*self.related).first()

    def _put(self, key: Key) -> HttpResponse:
        found = self._found(key)
        if found is not None:
            return self._put_there(found, key)
        if self.holder(key) is not None:
            raise Duplicate(_("Another object, which you do not see, has this external reference; choose another."))
        if "If-Match" in self.request.headers:
            raise preconditions.stale(None)
        made = self.make(_with(self.input(self.serializer_class), key))
        where = self.request.build_absolute_uri(f"{self.request.path.partition('/by-ref/')[0]}/{made.pk}")
        return self.written(made.pk, 201, Location=where)

    def _put_there(self, found: Any, key: Key) -> HttpResponse:
        self.check_match(found, needed=False)
        if preconditions.is_fresh(self.request.headers, found.version):  # If-None-Match
            raise preconditions.stale(self.current(found.pk))
        given = self.input(self.serializer_class, partial=True)
        given = _with(given, key) if FIELD in given else given
        changed: list[bool] = []
        answer = self.changing(found, lambda: changed.append(self.alter(found, given)))
        if not changed[0]:
            answer["Unchanged"] = "true"
        return answer


def _with(given: dict[str, Any], key: Key) -> dict[str, Any]:
    """The name in the address is one of the object's, whether the body says so or not."""
    system, external_id = key
    own = {"system": system, "id": external_id}
    named = [dict(one) for one in given.get(FIELD, ())]
    return {**given, FIELD: named if own in named else [*named, own]}
