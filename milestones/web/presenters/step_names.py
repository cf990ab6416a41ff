"""What are the steps of the ladders called, for whoever does not know their codes?"""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from milestones.changes import steps
from milestones.models import StepVersion

SAYS = ("anchor", "offset", "unit", "repeats", "most")


def of_codes(today: date) -> dict[str, str]:
    """Of those in force or to come; a code that means several things in several policies has all of them."""
    ahead = Q(effective_until__isnull=True) | Q(effective_until__gt=today)
    said: dict[str, dict[str, None]] = {}
    for version in StepVersion.objects.filter(ahead).select_related("step").order_by("step__code", "number"):
        words = steps.when({name: getattr(version, name) for name in SAYS})
        said.setdefault(version.step.code, {})[words] = None
    return {code: " / ".join(words) for code, words in said.items()}
