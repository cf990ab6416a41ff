"""Does every page of the site open, for those who may, in both languages, at a fixed price in queries?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milestones.admin import site
from milestones.models import (
    ApiClient,
    CalendarFeed,
    ChangeEntry,
    Comment,
    DayOverride,
    Delegation,
    Dependency,
    Evidence,
    Extension,
    GuardRefusal,
    HistorySeal,
    ImportBatch,
    Incident,
    IntakeText,
    Milestone,
    Notice,
    Organisation,
    OutgoingMail,
    Person,
    Plan,
    Reminder,
    ReminderPolicy,
    SecondFactorDemand,
    SignIn,
    StatusReport,
    Target,
    WebhookDelivery,
    WebhookEndpoint,
    Workstream,
)
from milestones.people import organisations
from milestones.planning import plans
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.admin.cast import day_off, mail_and_reminder
from tests.cast import Cast

EDITED = (Plan, Workstream, Milestone, Target, Organisation, Person, ReminderPolicy, DayOverride)
READ = (Reminder, OutgoingMail, ChangeEntry, Incident)
# What hangs on an active plan or on two rows has tests of its own.
ELSEWHERE = (
    ApiClient,
    Evidence,
    Notice,
    Comment,
    StatusReport,
    Extension,
    Dependency,
    Delegation,
    CalendarFeed,
    GuardRefusal,
    HistorySeal,
    ImportBatch,
    IntakeText,
    SecondFactorDemand,
    SignIn,
    WebhookDelivery,
    WebhookEndpoint,
)


def name(model: Any) -> str:
    return f"/admin/milestones/{model._meta.model_name}/"


def every_page() -> list[str]:
    """Each list, and for one row of each its form and, where there is one, its history; and the pages that add."""
    pages = ["/admin/", "/admin/milestones/"]
    for model in (*EDITED, *READ):
        row = first(model)
        pages += [name(model), f"{name(model)}{row.pk}/change/"]
    for model in EDITED:
        row = first(model)
        pages += [f"{name(model)}add/", f"{name(model)}{row.pk}/history/"]
    return [*pages, *steps()]


def first(model: Any) -> Any:
    return model._default_manager.order_by("pk").first()


def steps() -> list[str]:
    milestone, plan, person = Milestone.objects.first(), Plan.objects.first(), Person.objects.first()
    mail = OutgoingMail.objects.first()
    assert milestone
    assert plan
    assert person
    assert mail
    verbs = ("start", "submit", "attach", "verify", "return", "reopen", "cancel")
    return [
        *(f"{name(Milestone)}{milestone.pk}/do/{verb}/" for verb in verbs),
        *(f"{name(Plan)}{plan.pk}/do/{verb}/" for verb in ("activate", "close")),
        *(f"{name(Person)}{person.pk}/do/{verb}/" for verb in ("invite", "test-mail", "deactivate", "reactivate")),
        f"{name(OutgoingMail)}{mail.pk}/html/",
        f"{name(OutgoingMail)}{mail.pk}/do/resend/",
    ]


@pytest.fixture
def full(cast: Cast) -> Cast:
    mail_and_reminder(cast)
    day_off()
    Incident.objects.create(opened_at=casting.NOW, closed_at=casting.NOW, is_open=False)
    return cast


def test_the_pages_are_those_of_every_registered_table() -> None:
    assert set(site._registry) == {*EDITED, *READ, *ELSEWHERE}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_the_office(full: Cast, client_of: Any, language: str) -> None:
    client = client_of(full.office)
    client.cookies["django_language"] = language
    for state in ("draft", "active"):
        if state == "active":
            full.activate()
        assert {url: client.get(url).status_code for url in every_page()} == dict.fromkeys(every_page(), 200)


@pytest.mark.one_database("rights are decided in Python")
@pytest.mark.parametrize(
    ("role", "status"), [("office", 200), ("coordinator", 403), ("owner", 403), ("leader", 403), ("viewer", 403)]
)
def test_the_workbench_is_the_offices(full: Cast, client_of: Any, role: str, status: int) -> None:
    client = client_of(casting.person(f"a-{role}", role))
    assert {url: client.get(url).status_code for url in every_page()} == dict.fromkeys(every_page(), status)


def test_a_visitor_is_sent_to_sign_in(full: Cast) -> None:
    for url in every_page():
        answer = Client().get(url, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/"), url


def test_a_person_who_was_deactivated_is_a_visitor(full: Cast, client_of: Any) -> None:
    client = client_of(full.office)
    Person.objects.filter(pk=full.office.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("model", READ)
def test_what_is_only_read_has_no_way_to_be_written(full: Cast, client_of: Any, model: Any) -> None:
    client, row = client_of(full.office), model._default_manager.order_by("pk").first()
    assert client.get(f"{name(model)}add/").status_code == 403
    assert client.post(f"{name(model)}{row.pk}/change/", {}).status_code == 403
    assert client.post(f"{name(model)}{row.pk}/delete/", {"post": "yes"}).status_code == 403


# No page's price grows with the number of rows it shows -------------------------------------------------------------
LISTS = {"milestone": 13, "plan": 7, "workstream": 7, "target": 8, "organisation": 6, "person": 7, "reminder": 9,
         "outgoingmail": 7, "changeentry": 7, "dayoverride": 10, "reminderpolicy": 6, "incident": 6}  # fmt: skip


def grow(cast: Cast, start: int) -> None:
    """Ten more of everything that a list may show many of."""
    for number in range(start, start + 10):
        unit = organisations.create(
            {"code": f"U{number}", "name": f"单位{number}"}, actor=casting.SYSTEM, now=casting.NOW
        )
        someone = casting.person(f"p{number}", "owner", organisation=unit)
        stream = plans.create_workstream(
            cast.plan,
            {"code": f"S{number}", "title": f"领域{number}", "lead": unit},
            actor=casting.SYSTEM,
            now=casting.NOW,
        )
        casting.milestone(cast.plan, stream, f"X-{number}", FuzzyDate(date(2023, 2, 8)), accountable=someone, lead=unit)


@pytest.mark.parametrize("table", LISTS)
def test_a_list_asks_as_much_for_twenty_rows_as_for_ten(full: Cast, client_of: Any, table: str) -> None:
    client = client_of(full.office)
    counts = []
    for start in (0, 10):
        grow(full, start)
        client.get(f"/admin/milestones/{table}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/admin/milestones/{table}/")
        counts.append(len(asked))
    assert counts[0] == counts[1], asked.captured_queries
    assert counts[0] <= LISTS[table]


def test_a_milestones_form_has_a_fixed_price(full: Cast, client_of: Any) -> None:
    client, url = client_of(full.office), f"{name(Milestone)}{full.roof.pk}/change/"
    counts = []
    for start in (0, 10):
        grow(full, start)
        client.get(url)  # Django keeps the ids of content types
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 26


@pytest.mark.one_database("what a browser makes of a page")
# The strict policy holds --------------------------------------------------------------------------------------------
def test_no_page_needs_inline_scripts_or_styles(full: Cast, client_of: Any) -> None:
    client = client_of(full.office)
    for url in every_page():
        if url.endswith("/html/"):
            continue
        answer = client.get(url)
        text = answer.content.decode()
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), url
        assert not re.search(r"\son[a-z]+=\"|\sstyle=\"|javascript:", text), url


def test_a_mails_html_stands_in_a_frame_that_can_do_nothing(full: Cast, client_of: Any) -> None:
    mail = OutgoingMail.objects.get()
    answer = client_of(full.office).get(f"{name(OutgoingMail)}{mail.pk}/html/")
    policy = answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "•••" in answer.content.decode()


def test_no_list_of_choices_grows_with_people_or_milestones(full: Cast, client_of: Any) -> None:
    grow(full, 0)
    client = client_of(full.office)
    for url in (name(Milestone), f"{name(Milestone)}{full.roof.pk}/change/", f"{name(Milestone)}add/", name(Reminder)):
        text = client.get(url).content.decode()
        assert "p5@example.org" not in text
        assert text.count("<option") < 60, url
