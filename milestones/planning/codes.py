"""Which code does a milestone get when nobody gave one?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from milestones.errors import Duplicate
from milestones.models import Milestone, Workstream

M = TypeVar("M")
ATTEMPTS = 5


def with_free_code(stream: Workstream, make: Callable[[dict[str, str]], M]) -> M:
    """What `make` gives for {"code": …}; asked again when somebody else was faster with that code."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            return make({"code": free_code(stream)})
        except Duplicate as error:
            if error.field != "code":
                raise
    return make({"code": free_code(stream)})


def free_code(stream: Workstream) -> str:
    """`FIN-08` after `FIN-07`: the workstream's own code and the number after its highest one in the plan."""
    taken = Milestone.objects.filter(plan=stream.plan_id, code__startswith=f"{stream.code}-")
    return next_code(stream.code, taken.values_list("code", flat=True))


def next_code(beginning: str, taken: Iterable[str]) -> str:
    """`beginning`, a hyphen, and the number after the highest of the `taken` ones, two digits at least."""
    form = re.compile(rf"{re.escape(beginning)}-([0-9]{{1,6}})")
    numbers = [int(found[1]) for code in taken if (found := form.fullmatch(code))]
    return f"{beginning}-{max(numbers, default=0) + 1:02}"
