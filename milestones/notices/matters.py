"""What does a notice ask for when nobody wrote it by hand?"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from milestones import wording
from milestones.models import Milestone, NoticeLevel

AHEAD = _(
    "%(code)s %(title)s is due %(due)s. Say how far it is, what is still missing, and whether the date will be kept."
)
BEHIND = _(
    "%(code)s %(title)s is due %(due)s and is behind its pace. "
    "Say why, what you do about it, and when it will be reached."
)
OVERDUE = _(
    "%(code)s %(title)s was due %(due)s and is not reported as done. "
    "Say why, what you do about it, and a date that can be checked."
)


def matter_for(milestone: Milestone, level: str, *, today: date, language: str = "") -> str:
    """The matter of a notice of `level` in `language`; by default in the administration's own, as it is kept.

    Ahead of the deadline a blue one asks how far it is, any other why it is behind; past it each asks why.
    """
    language = language or settings.LANGUAGE_CODE
    title = milestone.title_en if language.startswith("en") and milestone.title_en else milestone.title
    with translation.override(language):
        words = OVERDUE if milestone.is_overdue(today) else AHEAD if level == NoticeLevel.BLUE else BEHIND
        due = wording.period_with_day(milestone.due)
        return str(words) % {"code": milestone.code, "title": title, "due": due}
