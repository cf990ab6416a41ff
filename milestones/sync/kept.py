"""Which statements are kept for the next reader with the same rights?"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.db.models import QuerySet

from milestones.models.prepared import Prepared

MOST = 500

_made: dict[Hashable, Prepared] = {}


def prepared(key: Hashable, make: Callable[[], QuerySet[Any, Any]]) -> Prepared:
    """What `make` gives, with slots; `key` tells all that it depends on."""
    if (found := _made.get(key)) is None:
        if len(_made) >= MOST:
            _made.clear()
        found = _made[key] = Prepared(make)
    return found
