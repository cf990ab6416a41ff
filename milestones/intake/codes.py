"""Which codes are free in a plan: W1, W1-01, W1-T1, HEAD-T1?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from milestones.models import Milestone, Plan, Target, Workstream


class Codes:
    """Hands out each code once; `taken` are those of the plan."""

    def __init__(self, plan: Plan) -> None:
        rows = (model.objects.filter(plan=plan) for model in (Workstream, Milestone, Target))
        self._taken = {code for found in rows for code in found.values_list("code", flat=True)}

    def workstream(self) -> str:
        return self._next(f"W{number}" for number in count(1))

    def milestone(self, stream: str) -> str:
        return self._next(f"{stream}-{number:02}" for number in count(1))

    def target(self, stream: str) -> str:
        return self._next(f"{stream or 'HEAD'}-T{number}" for number in count(1))

    def _next(self, codes: Iterator[str]) -> str:
        code = next(code for code in codes if code not in self._taken)
        self._taken.add(code)
        return code
