"""Under which names do other systems know an object, as its entries tell them?"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import models

from milestones.models import ExternalRef, Milestone, Organisation, Person, Target

Recorded = list[list[str]]  # [[system, external id]], sorted

REFERRED: tuple[type[models.Model], ...] = (Milestone, Target, Organisation, Person)


def of(model: type[models.Model], ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Recorded]:
    """The names of these objects, by id; one query."""
    found: dict[uuid.UUID, Recorded] = defaultdict(list)
    if ids and model in REFERRED:
        rows = ExternalRef.objects.filter(entity=model._meta.model_name, object_id__any_of=list(ids)).order_by()
        for pk, system, external in rows.values_list("object_id", "system", "external_id"):
            found[pk].append([system, external])
    return defaultdict(list, {pk: sorted(own) for pk, own in found.items()})


def of_one(obj: models.Model) -> Recorded:
    return of(type(obj), [obj.pk])[obj.pk]


def forget(*objs: models.Model) -> None:
    """The names of these, of one kind, go with them, and are free for other objects."""
    if objs and isinstance(objs[0], REFERRED):
        ids = [obj.pk for obj in objs]
        ExternalRef.objects.filter(entity=objs[0]._meta.model_name, object_id__any_of=ids).delete()
