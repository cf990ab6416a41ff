"""Does every kind of mail read well in both languages, with nothing left unexplained and no usable link stored?"""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings

from milestones import links
from milestones.mail import catalogue, message, outbox, security
from milestones.models import (
    ApiClient,
    Comment,
    Delegation,
    Extension,
    MailKind,
    Milestone,
    Notice,
    Organisation,
    OutgoingMail,
    Party,
    Person,
    StatusReport,
    WebhookEndpoint,
)
from milestones.workdays.periods import FuzzyDate, Precision
from tests.cast import NOW, Q3, TODAY, YEAR_END, Cast

pytestmark = pytest.mark.django_db

LANGUAGES = ("zh-hans", "en")
REASON = "台风 <b>“烟花”</b> & 停工"
KINDS: dict[str, Any] = {
    "duties": lambda c, p: catalogue.duties(p, [c.roof, c.school, c.rules], reason=REASON, now=NOW),
    "rescheduled": lambda c, p: catalogue.rescheduled(p, c.roof, Q3, reason=REASON, now=NOW),
    "rescheduled_all": lambda c, p: catalogue.rescheduled_all(
        p, [(c.roof, Q3), (c.school, YEAR_END)], reason=REASON, now=NOW
    ),
    "together": lambda c, p: outbox.joined(
        catalogue.watched(p, one, "rescheduled", old=Q3, new=YEAR_END, reason=REASON, now=NOW)
        for one in (c.roof, c.school)
    )[-1],
    "together_asked": lambda c, p: outbox.joined(
        catalogue.mentioned(p, Comment(milestone=one, author=p, text=REASON), now=NOW) for one in (c.roof, c.school)
    )[-1],
    "together_notices": lambda c, p: outbox.joined(
        catalogue.notice(p, red(c, one), number=n, respond_days=3, overdue_days=15, now=NOW)
        for n, one in enumerate((c.roof, c.school), start=7)
    )[-1],
    "submitted": lambda c, p: catalogue.submitted(p, c.roof, TODAY, now=NOW),
    "verified": lambda c, p: catalogue.verified(p, c.roof, now=NOW),
    "returned": lambda c, p: catalogue.returned(p, c.roof, reason=REASON, now=NOW),
    "notice": lambda c, p: catalogue.notice(p, red(c), number=7, respond_days=3, overdue_days=15, now=NOW),
    "notice_replied": lambda c, p: catalogue.notice_replied(p, red(c), REASON, now=NOW),
    "notice_cancelled": lambda c, p: catalogue.notice_cancelled(p, red(c), REASON, now=NOW),
    "mentioned": lambda c, p: catalogue.mentioned(p, Comment(milestone=c.roof, author=p, text=REASON), now=NOW),
    "watched": lambda c, p: catalogue.watched(p, c.roof, "rescheduled", old=Q3, new=YEAR_END, reason=REASON, now=NOW),
    "report_due": lambda c, p: catalogue.report_due(p, wanted(c), date(2023, 3, 29), now=NOW),
    "reading_due": lambda c, p: catalogue.reading_due(p, [reading(c)], date(2023, 3, 29), now=NOW),
    "report_back": lambda c, p: catalogue.report_returned(p, report(c), now=NOW),
    "extension": lambda c, p: catalogue.extension_asked(p, extension(c), now=NOW),
    "decision_due": lambda c, p: catalogue.decision_due(p, [extension(c)], date(2023, 12, 20), now=NOW),
    "decided": lambda c, p: catalogue.extension_decided(p, extension(c, "declined"), now=NOW),
    "deputy": lambda c, p: catalogue.deputy(standing_in(c, p), now=NOW),
    "handed_over": lambda c, p: catalogue.handed_over(p, c.other, taken_over(c, p), reason=REASON, now=NOW),
    "webhook_off": lambda c, p: catalogue.webhook_off(p, hook(p), why="failing", now=NOW),
    "invitation": lambda c, p: catalogue.invitation(p, now=NOW),
    "password_reset": lambda c, p: catalogue.password_reset(p, now=NOW),
    "security": lambda c, p: security.security(
        p, "factor_added", method="passkey", address="192.0.2.7", agent="Firefox <&> Linux", now=NOW
    ),
    "security_address": lambda c, p: security.moved(p, "new@example.org", now=NOW)[0],
    "test": lambda c, p: catalogue.test(p, now=NOW),
    "client_silent": lambda c, p: catalogue.client_silent(
        p,
        ApiClient(name="ERP <&> office", owner=p, expected_every=30),
        last_pull=NOW,
        behind=12,
        errors={429: 2, 401: 17},
        now=NOW,
    ),
}
OTHER_TEMPLATES = {
    "notice_replied",
    "notice_cancelled",
    "deputy",
    "handed_over",
    "rescheduled_all",
    "security_address",
    "together",
    "together_asked",
    "together_notices",
}  # a kind that says several things
NOTICES = ("notice", "notice_replied", "notice_cancelled")
EXTENSIONS = ("extension", "decision_due", "decided")
ABOUT_A_MILESTONE = (
    *NOTICES,
    *EXTENSIONS,
    "report_due",
    "report_back",
    "mentioned",
    "watched",
    "duties",
    "handed_over",
    "rescheduled",
    "rescheduled_all",
    "submitted",
    "verified",
    "returned",
)
WITH_A_REASON = (
    *NOTICES,
    *EXTENSIONS,
    "report_back",
    "mentioned",
    "watched",
    "duties",
    "handed_over",
    "rescheduled",
    "rescheduled_all",
    "returned",
)
HAN = re.compile(r"[\u4e00-\u9fff]")


def standing_in(cast: Cast, deputy: Person) -> Delegation:
    days = {"starts_on": date(2023, 2, 6), "ends_on": date(2023, 2, 17)}
    return Delegation(person=cast.other, deputy=deputy, reason=REASON, **days)


def taken_over(cast: Cast, person: Person) -> catalogue.HandedOver:
    return catalogue.HandedOver(
        milestones=[cast.roof, cast.school],
        parties=[Party(milestone=cast.rules, role="supporting", organisation=cast.bureau, person=person)],
        units=[(cast.bureau, [Organisation._meta.get_field("head").verbose_name])],
        delegations=[standing_in(cast, person)],
        decisions=2,
    )


def red(cast: Cast, milestone: Milestone | None = None) -> Notice:
    day = NOW.date()
    told: Any = {"organisation": cast.bureau, "matter": REASON, "issued_on": day, "respond_by": day}
    return Notice(milestone=milestone or cast.roof, year=2023, number=7, level="red", **told)


def wanted(cast: Cast) -> list[catalogue.Wanted]:
    return [
        catalogue.Wanted(cast.roof, date(2023, 3, 28), None),
        catalogue.Wanted(cast.school, date(2023, 3, 31), date(2023, 2, 27)),
    ]


def report(cast: Cast) -> StatusReport:
    return StatusReport(milestone=cast.roof, as_of=NOW.date(), progress=40, note=REASON)


def extension(cast: Cast, state: str = "requested") -> Extension:
    dates: Any = {"due_on": date(2024, 3, 31), "due_precision": "quarter"}
    was: Any = {"old_on": cast.roof.due_on, "old_precision": cast.roof.due_precision, "decide_by": date(2023, 12, 20)}
    return Extension(
        milestone=cast.roof, reason=REASON, note=REASON, progress=40, late=True, state=state, **dates, **was
    )


class Words(HTMLParser):
    """The text and the addresses of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.addresses = "", list[str]()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.addresses += [value for name, value in attrs if name in ("href", "src")]


def reader(cast: Cast, language: str) -> Person:
    cast.owner.language = language
    return cast.owner


@pytest.fixture(params=LANGUAGES)
def language(request: Any) -> str:
    return str(request.param)


def hook(person: Person) -> WebhookEndpoint:
    client = ApiClient(name="ERP <&> office", owner=person)
    url, since = "https://erp.example.org/hook/very-secret-token", NOW - timedelta(days=3)
    return WebhookEndpoint(pk=uuid.UUID(int=7), client=client, url=url, description="ERP", failing_since=since)


@pytest.fixture(params=KINDS)
def mail(request: Any, cast: Cast, language: str) -> OutgoingMail:
    cast.roof.title_en = "Tower topped out"
    made: OutgoingMail = KINDS[request.param](cast, reader(cast, language))
    return made


def test_every_kind_but_those_composed_of_rows_is_here() -> None:
    composed = {"digest", "due_today", "single", "post", "bulletin"}
    assert set(KINDS) - OTHER_TEMPLATES - composed == set(MailKind.values) - composed


def test_it_has_a_subject_and_both_parts_in_the_readers_language(mail: OutgoingMail, language: str) -> None:
    assert mail.language == language
    assert (mail.to, mail.state, mail.due_at, mail.created_at) == ("owner@example.org", "queued", NOW, NOW)
    assert "\n" not in mail.subject
    assert mail.subject == mail.subject.strip() != ""
    assert bool(HAN.search(mail.subject)) == (language == "zh-hans" or "FIN" in mail.subject)
    assert f'lang="{language}"' in mail.html
    assert mail.text.endswith("\n")
    assert not mail.text.startswith("\n")


def test_nothing_is_left_unexplained(mail: OutgoingMail) -> None:
    words = Words(mail.html)
    for text in (mail.subject, mail.text, words.text):
        assert not re.search(r"\{[{%]|[}%]\}|%\(|None\b|&(?:amp|lt|quot|#)", text), text
    assert "{{" not in mail.html
    assert "{%" not in mail.html
    assert "\n\n\n\n" not in mail.text


def test_an_english_mail_speaks_english(cast: Cast) -> None:
    for name, write in KINDS.items():
        mail = write(cast, reader(cast, "en"))
        ours = mail.text
        for theirs in (
            REASON,
            cast.roof.title,
            cast.school.title,
            cast.rules.title,
            cast.owner.display_name,
            cast.target.name,
            str(cast.bureau),
        ):
            ours = ours.replace(theirs, "")
        assert not HAN.search(ours), (name, HAN.findall(ours))


def test_it_says_why_it_came_and_that_nothing_classified_belongs_here(mail: OutgoingMail, language: str) -> None:
    rule = "No classified matter" if language == "en" else "涉密"
    assert rule in mail.text
    assert rule in Words(mail.html).text


def test_both_parts_say_the_same_of_the_milestone(cast: Cast, language: str) -> None:
    for name in ABOUT_A_MILESTONE:
        mail = KINDS[name](cast, reader(cast, language))
        for text in (mail.text, Words(mail.html).text):
            assert "FIN-01" in text
            assert ("within the year" if language == "en" else "年内") in text, name
            if name in WITH_A_REASON:
                assert REASON in text, name


def test_a_person_is_called_by_a_name_that_is_no_markup(cast: Cast) -> None:
    cast.owner.display_name = "<script>王&小明</script>"
    for name, write in KINDS.items():
        mail = write(cast, cast.owner)
        assert "<script>" not in mail.html, name
        assert "&lt;script" not in mail.text, name


def test_the_stored_row_holds_no_usable_link(mail: OutgoingMail) -> None:
    acting = [link for link in Words(mail.html).addresses if "/do/" in link]
    masked = rf"{re.escape(settings.BASE_URL)}/do/({'|'.join(links.actions_of(mail))})/{links.DOTS}([0-9a-f]{{32}})?/"
    assert [link for link in acting if not re.fullmatch(masked, link)] == []
    assert len(acting) == mail.text.count(links.DOTS)
    assert links.fill(mail.text, mail) != mail.text or not acting


def test_what_leaves_has_no_dots_left(mail: OutgoingMail) -> None:
    assert links.DOTS not in links.fill(mail.text, mail) + links.fill(mail.html, mail)


def test_it_loads_nothing_and_links_only_here(mail: OutgoingMail) -> None:
    assert not re.search(r"<(?:img|script|link|iframe)\b|url\(|@import", mail.html)
    for address in Words(mail.html).addresses:
        assert address.startswith((settings.BASE_URL, "mailto:")), address


def test_an_english_reader_gets_the_english_title_where_there_is_one(cast: Cast) -> None:
    cast.roof.title_en = "Tower topped out"
    english, chinese = (catalogue.verified(reader(cast, which), cast.roof, now=NOW) for which in ("en", "zh-hans"))
    assert ("Tower topped out" in english.text, "Tower topped out" in english.subject) == (True, True)
    assert ("Tower topped out" in chinese.text, cast.roof.title in chinese.subject) == (False, True)
    cast.roof.title_en = ""
    assert cast.roof.title in catalogue.verified(reader(cast, "en"), cast.roof, now=NOW).text


def test_a_fuzzy_date_is_shown_as_one_and_an_exact_one_is_not(cast: Cast) -> None:
    words: dict[FuzzyDate, str] = {
        YEAR_END: "年内（按12月31日计）",
        Q3: "三季度末（按9月30日计）",
        FuzzyDate(date(2023, 6, 30), Precision.HALF_YEAR): "上半年（按6月30日计）",
        FuzzyDate(date(2023, 5, 31), Precision.MONTH): "5月底前（按5月31日计）",
        FuzzyDate(date(2023, 11, 17)): "11月17日",
    }
    for old, said in words.items():
        assert said in catalogue.rescheduled(cast.owner, cast.roof, old, reason="r", now=NOW).text


def test_a_very_long_title_is_cut_in_the_subject_only(cast: Cast) -> None:
    cast.roof.title = "很长的标题" * 80
    mail = catalogue.verified(cast.owner, cast.roof, now=NOW)
    assert len(mail.subject) == 300
    assert cast.roof.title in mail.text


def test_a_mail_of_many_milestones_stays_small(cast: Cast) -> None:
    many = [cast.roof] * 300
    assert len(message.build(catalogue.duties(cast.owner, many, reason="r", now=NOW))) < 500_000


def reading(cast: Cast) -> catalogue.WantedReading:
    return catalogue.WantedReading(cast.target, [date(2023, 2, 1), date(2023, 3, 1)], date(2023, 3, 28), None)


def test_a_reading_names_the_months_that_are_missing(cast: Cast) -> None:
    mail = catalogue.reading_due(reader(cast, "en"), [reading(cast)], date(2023, 3, 29), now=NOW)
    said = "was expected by March 28; no reading yet"
    assert (said in mail.text, "missing: February 2023, March 2023" in mail.text) == (True, True)
    assert said in Words(mail.html).text


def test_a_list_of_reports_counts_all_and_shows_the_first_thirty(cast: Cast) -> None:
    many = [catalogue.Wanted(cast.roof, date(2023, 3, 28), None)] * 40
    mail = catalogue.report_due(reader(cast, "en"), many, date(2023, 3, 28), now=NOW)
    assert (mail.subject.endswith("40 progress reports are expected"), mail.text.count("FIN-01  ")) == (True, 30)
    assert "And 10 more" in mail.text
    assert "And 10 more" in Words(mail.html).text


def test_what_lists_one_thing_is_tied_to_it_and_what_lists_more_to_none(cast: Cast) -> None:
    both = wanted(cast)
    assert catalogue.report_due(cast.owner, both[:1], date(2023, 3, 28), now=NOW).milestone == cast.roof
    assert catalogue.report_due(cast.owner, both, date(2023, 3, 28), now=NOW).milestone is None


def test_a_report_that_is_late_is_said_to_be_so(cast: Cast) -> None:
    text = catalogue.report_due(reader(cast, "en"), wanted(cast), date(2023, 3, 29), now=NOW).text
    assert "was expected by March 28; not reported on yet" in text
    assert "expected by March 31; last report as of February 27" in text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("approved", "The later date is approved: within the year (counted as December 31) → by the end of Q1 2024"),
        ("declined", "The later date is declined: by the end of Q1 2024"),
        ("withdrawn", "The request for more time was withdrawn: by the end of Q1 2024"),
    ],
)
def test_a_decision_is_said_in_its_first_line(cast: Cast, state: str, said: str) -> None:
    assert catalogue.extension_decided(reader(cast, "en"), extension(cast, state), now=NOW).text.startswith(said)


def test_a_request_says_all_that_is_needed_to_decide(cast: Cast) -> None:
    text = catalogue.extension_asked(reader(cast, "en"), extension(cast), now=NOW).text
    for part in ("→ by the end of Q1 2024", "Please answer by December 20.", "Progress so far: 40 per cent.", REASON):
        assert part in text
    assert "Asked after the working deadline." in text
