"""How do the organisations that take part stand in cells: one column a role, “FTB; HBR (a@example.org)”?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from milestones.batch.rows import PartyRow

from ..sheets.values import Value
from .cells import Around, plain
from .refused import Rejected

_SPLIT = re.compile(r"[;；、\n]+")
_ONE = re.compile(r"(?P<unit>[^()（）]+?)\s*(?:[(（](?P<person>[^()（）]+)[)）])?")


def spoken(parties: Iterable[tuple[str, str]]) -> str:
    """Of (organisation, person or nothing)."""
    return "; ".join(f"{unit} ({person})" if person else unit for unit, person in sorted(parties))


def read(role: str, cell: Value, around: Around) -> list[PartyRow]:
    found = []
    for words in _SPLIT.split(plain(cell)):
        if not words.strip():
            continue
        one = _ONE.fullmatch(words.strip())
        if one is None:
            message = _("“%(value)s” is no organisation; write codes with a semicolon between them: FTB; HBR.")
            raise Rejected("party", message, value=words.strip()[:80])
        who = one["person"]
        unit = around.names.unit(one["unit"].strip())
        found.append(PartyRow(role, unit, around.names.person(who.strip()) if who else None))
    return found
