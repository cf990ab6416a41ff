"""What does the reminder centre tell, to whom, and does it stay readable with many rows?"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from milestones.mail import gate
from milestones.models import (
    OutgoingMail,
    Reminder,
    ReminderPolicy,
    ReminderStep,
    StepVersion,
    default_ladder,
)
from milestones.reminders import engine
from milestones.web.presenters import reminder_centre
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

ROLES = ["visitor", "viewer", "leader", "outsider", "owner", "coordinator", "office"]
# fmt: off
PAGES = {
    #                        visitor viewer leader outsider owner coordinator office
    "/reminders/":           (302,   200,   200,   200,     200,  200,        200),
    "/reminders/coming/":    (302,   200,   200,   200,     200,  200,        200),
    "/reminders/why/":       (302,   200,   200,   200,     200,  200,        200),
    "/reminders/outbox/":    (302,   403,   403,   403,     403,  403,        200),
}
# fmt: on


@pytest.fixture
def swept(cast: Cast) -> Cast:
    """The sweep of today has planned and queued what was due."""
    if not ReminderStep.objects.exists():  # emptied tables have lost it
        default_ladder.install(ReminderPolicy, ReminderStep, StepVersion, TODAY)
    engine.sweep(now=TODAY)
    assert Reminder.objects.exists()
    return cast


def english(client_of: SignIn, person: Any) -> Any:
    client = client_of(person)
    client.cookies["django_language"] = "en"
    return client


def rows_of(page: str) -> list[str]:
    return re.findall(r'<tr class="reminder-(\w+)"', page)


def test_who_gets_which_page(cast: Cast, client_of: SignIn) -> None:
    for column, role in enumerate(ROLES):
        client = client_of(None if role == "visitor" else getattr(cast, role))
        found = {path: client.get(path).status_code for path in PAGES}
        assert found == {path: row[column] for path, row in PAGES.items()}, role


def test_the_ledger_is_filtered_and_goes_on_page_by_page(
    swept: Cast, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = english(client_of, swept.office)
    total = Reminder.objects.count()
    everything = client.get("/reminders/").content.decode()
    assert (len(rows_of(everything)), "mail is due" in everything or "mails are due" in everything) == (total, True)
    first = Reminder.objects.order_by("-pk")[0]
    filters: dict[str, dict[str, Any]] = {
        f"recipient=owner&milestone={first.milestone.code}": {"recipient": swept.owner, "milestone": first.milestone},
        f"milestone=p-2023/{first.milestone.code}": {"milestone": first.milestone},
        f"step={first.step.code}": {"step": first.step},
        "state=suppressed": {"state": "suppressed"},
        f"day_from={first.day}&day_to={first.day}": {"day": first.day},
    }
    for asked, wanted in filters.items():
        shown = rows_of(client.get(f"/reminders/?{asked}").content.decode())
        assert len(shown) == Reminder.objects.filter(**wanted).count(), asked
    assert "No reminder is like that." in client.get("/reminders/?milestone=nothing").content.decode()
    monkeypatch.setattr(reminder_centre, "SHOWN", 1)
    seen, address = 0, "/reminders/"
    while address:
        page = client.get(address).content.decode()
        seen += len(rows_of(page))
        following = re.search(r'href="(\?[^"]*after=[^"]+)"', page)
        address = f"/reminders/{following[1].replace('&amp;', '&')}" if following else ""
    assert seen == total


def test_others_see_their_own_alone(swept: Cast, client_of: SignIn) -> None:
    for person in (swept.owner, swept.viewer):
        page = english(client_of, person).get(f"/reminders/?recipient={swept.office.pk}").content.decode()
        assert len(rows_of(page)) == Reminder.objects.filter(recipient=person).count()


def test_more_rows_take_no_more_queries(swept: Cast, client_of: SignIn) -> None:
    client = client_of(swept.office)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/reminders/").status_code == 200
        counts.append(len(seen))
        engine.sweep(now=TODAY + timedelta(days=40))
    assert counts[0] == counts[1]


def test_why_is_asked_by_words_and_answered_step_by_step(swept: Cast, client_of: SignIn) -> None:
    client = english(client_of, swept.office)
    page = client.get("/reminders/why/?milestone=fin-09&person=owner").content.decode()
    assert all(words in page for words in ("hears of it as", "How it is counted", "FIN-09"))
    several = client.get("/reminders/why/?milestone=FIN-0&person=o").content.decode()
    assert all(words in several for words in ("Which milestone?", "Which person?", "p-2023/FIN-08"))
    nothing = client.get("/reminders/why/?milestone=XXX&person=owner").content.decode()
    assert "Nothing is called “XXX”." in nothing
    own = english(client_of, swept.outsider).get(f"/reminders/why/?milestone=FIN-09&person={swept.owner.pk}")
    assert "is not reminded of it" in own.content.decode()


def test_what_is_to_come_is_told_a_person_at_a_time(swept: Cast, client_of: SignIn) -> None:
    client = english(client_of, swept.office)
    page = client.get("/reminders/coming/?days=30&plan=p-2023&person=owner").content.decode()
    assert "From September 22, 2023 to October 21, 2023, if nothing changes:" in page
    told = strip_tags(page.split("<tbody>")[1])
    assert ("owner 某" in told, "coordinator 某" in told) == (True, False)
    assert "before-" not in told
    mine = english(client_of, swept.viewer).get("/reminders/coming/?days=30").content.decode()
    assert "Nothing leaves on these days" in mine
    assert client.get("/reminders/coming/?days=99&plan=none&person=nobody").status_code == 200


def test_the_outbox_says_what_waits_and_since_when(swept: Cast, client_of: SignIn) -> None:
    gate.pause(reason="服务器迁移", actor=SYSTEM, now=TODAY)
    OutgoingMail.objects.update(server_reply="451 try later", due_at=TODAY - timedelta(hours=2))
    page = english(client_of, swept.office).get("/reminders/outbox/").content.decode()
    assert all(words in page for words in ("Mail is paused since", "服务器迁移", "451 try later", "120 minutes ago"))
