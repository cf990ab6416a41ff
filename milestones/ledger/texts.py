"""Which milestones are called like what was typed?

A text inside of texts is found by reading all of them. On SQLite an index holds just those texts, so that reading them
does not mean reading whole rows (`models.search.narrow`). Few that are found are asked for by their ids; of many the
first ones come quickly in any order.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from milestones.models import Milestone, Organisation, Plan
from milestones.pinyin import normal

FEW = 1000
UNITS = 50


def called(typed: str, among: Sequence[Plan]) -> Q:
    """Every word of it in code, title, pinyin or initials, or in what the leading unit is called."""
    texts, units = Q(), Q()
    for word in normal(typed).split():
        texts &= Q(find__contains=word)
        units &= Q(find__contains=word)
    leads = list(Organisation.objects.filter(units).values_list("pk", flat=True)[:UNITS])
    found = list(Milestone.objects.order_by().filter(texts, plan__in=among).values_list("pk", flat=True)[: FEW + 1])
    own = texts if len(found) > FEW else Q(pk__any_of=found)
    return own | Q(lead__in=leads) if leads else own
