"""Which days are worked in the People's Republic, and which day does a fuzzy date mean?"""

from __future__ import annotations

from milestones.workdays.calendar import Calendar, DayKind
from milestones.workdays.periods import FuzzyDate, NotPeriodEnd, Precision

__all__ = ["Calendar", "DayKind", "FuzzyDate", "NotPeriodEnd", "Precision"]
