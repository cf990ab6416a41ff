"""How is the reason of a health said to people, in their language, so that a fuzzy date never looks exact?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import wording
from milestones.models import Health
from milestones.workdays.periods import FuzzyDate, Precision

WORDS: dict[str, Any] = {
    "on_track": _("nothing speaks against the date"),
    "overdue": _("overdue: it was due %(due)s"),
    "forecast_late": _("the forecast is later than the commitment: %(forecast)s, committed %(due)s"),
    "forecast_passed": _("the forecast has passed and was not renewed: %(forecast)s"),
    "due_soon_unreported": _("due soon without a current report: due %(due)s, last report as of %(as_of)s"),
    "report_late": _("a report is missing: expected by %(expected)s, last report as of %(as_of)s"),
    "behind_pace": _("behind the pace: %(progress)s %% on %(as_of)s, when %(expected)s %% of the time had passed"),
    "predecessor_red": _("the predecessor %(code)s is late"),
    "awaiting_verification": _("submitted as done and waiting for verification: %(actual)s"),
    "submitted_late": _("submitted as done, but late: due %(due)s, reached %(actual)s"),
    "done": _("done: %(actual)s"),
    "made_up": _("done late: due %(due)s, reached %(actual)s"),
    "override": _("set by hand until %(until)s; computed: %(health)s"),
}
# Said instead when there was never a report.
NEVER_REPORTED: dict[str, Any] = {
    "due_soon_unreported": _("due soon and not reported on yet: due %(due)s"),
    "report_late": _("not reported on yet: the first report was expected by %(expected)s"),
}


def reason(stored: Mapping[str, Any] | None, *, year: int | None = None) -> str:
    """A stored reason as a phrase; years are left out where they are `year`. Empty without a reason."""
    if not stored:
        return ""
    code, params = stored["code"], stored.get("params") or {}
    phrase = WORDS.get(code, code)
    if params.get("as_of", "") is None:
        phrase = NEVER_REPORTED.get(code, phrase)
    return str(phrase) % {name: _said(name, value, year) for name, value in params.items()}


def _said(name: str, value: Any, year: int | None) -> str:
    if isinstance(value, Mapping):
        fuzzy = FuzzyDate(date.fromisoformat(value["on"]), Precision(value["precision"]))
        return wording.period_with_day(fuzzy, year=year)
    if name == "health":
        return str(Health(value).label)
    if name in ("as_of", "expected", "until") and isinstance(value, str):
        return wording.day(date.fromisoformat(value), year=year)
    return str(value)
