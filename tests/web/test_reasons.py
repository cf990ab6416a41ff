"""Is a reason that the system gave read in the language of whoever reads it, and an old one as it was written?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation

from milestones import reasons
from milestones.actors import Actor
from milestones.extensions import operations as extensions
from milestones.mail import catalogue
from milestones.models import ChangeEntry, DateRevision, Person
from milestones.planning import lifecycle
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate
from tests.web.cast import SYSTEM, TODAY, YEAR_END, Cast
from tests.web.conftest import SignIn

PAGE = "/plans/p-2023/milestones/FIN-08/?history=all"


def test_history_dates_and_requests_say_it_in_the_readers_language(cast: Cast, client_of: SignIn) -> None:
    by: Any = {"actor": Actor(cast.owner, "web"), "now": TODAY}
    with translation.override("zh-hans"):
        said = {"as_of": TODAY.date(), "progress": 40, "done": "十层", "forecast": YEAR_END}
        reports.file(cast.roof, said, **by)
        later = FuzzyDate(YEAR_END.on)
        asked = extensions.request(cast.roof, due=later, reason="供货延迟", progress=40, **by)
        extensions.approve(asked, actor=SYSTEM, now=TODAY)
        extensions.request(cast.roof, due=FuzzyDate(date(2024, 1, 31)), reason="再延", progress=40, **by)
        lifecycle.cancel(cast.roof, reason="取消", actor=SYSTEM, now=TODAY)
    stored = set(DateRevision.objects.values_list("reason", flat=True)) | set(
        ChangeEntry.objects.values_list("reason", flat=True)
    )
    assert {'@report {"day": "2023-09-21"}', "@extension_approved {}", "@milestone_ended {}"} <= stored
    english, chinese = (client_of(person) for person in (cast.office, cast.colleague))
    Person.objects.filter(pk=cast.office.pk).update(language="en")
    page = english.get(PAGE, headers={"Accept-Language": "en"}).content.decode()
    for words in ("Report as of September 21, 2023", "Extension approved", "Ended with the milestone"):
        assert words in page, words
    told = chinese.get(PAGE).content.decode()
    assert "2023年9月21日" in told
    for told_in in (page, told):
        assert "@report" not in told_in
        assert "@milestone_ended" not in told_in


def test_what_somebody_wrote_is_said_as_it_is() -> None:
    for text in (
        "",
        "截至9月21日的进展填报",
        "@report {not json}",
        "@report {}",
        '@report {"day": "soon"}',
        "@nobody {}",
    ):
        assert reasons.said(text) == text


def test_a_mail_says_it_in_the_language_of_its_reader(cast: Cast) -> None:
    cast.owner.language = "en"
    with translation.override("zh-hans"):
        mail = catalogue.rescheduled(
            cast.owner, cast.roof, YEAR_END, reason=reasons.coded("import_undone", file="一月.xlsx"), now=TODAY
        )
    assert "The import of “一月.xlsx” was undone." in mail.text
