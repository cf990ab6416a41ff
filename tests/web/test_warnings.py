"""Does the office read on every page that nothing leaves, and only the office, and only then?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from milestones.models import Heartbeat, Incident, MailGate
from milestones.upkeep.faults import Fault, Problem
from tests.web.cast import Cast
from tests.web.conftest import SignIn

PAGES = ("/", "/plans/p-2023/", "/admin/", "/admin/milestones/milestone/", "/admin/milestones/incident/")


@pytest.fixture(autouse=True)
def up_for_hours(monkeypatch: pytest.MonkeyPatch, thursday: None) -> None:
    monkeypatch.setattr(apps.get_app_config("milestones"), "started_at", timezone.now() - timedelta(hours=5))


@pytest.fixture
def office(cast: Cast, client_of: SignIn) -> Client:
    cast.office.language = "en"
    cast.office.save(update_fields=["language"])
    for job in ("sweep", "delivery"):
        ran(job, 0)
    return client_of(cast.office)


def ran(job: str, minutes: float) -> str:
    """Since when, as the page writes it."""
    at = timezone.now() - timedelta(minutes=minutes)
    Heartbeat.objects.update_or_create(name=job, defaults={"at": at})
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def warnings(client: Client, page: str = "/") -> str:
    """The words above the page, without tags; empty when there are none."""
    text = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert "<main" in text or 'id="main"' in text
    _, found, rest = text.partition('<section class="warnings"')
    return rest.partition("</section>")[0] if found else ""


@pytest.mark.parametrize("page", PAGES)
def test_it_stands_above_every_page_of_the_office(office: Client, page: str) -> None:
    assert warnings(office, page) == ""
    since = ran("sweep", 6)
    assert since in warnings(office, page)
    assert "/admin/milestones/incident/" in warnings(office, page)


def test_nobody_else_reads_it(office: Client, cast: Cast, client_of: SignIn) -> None:
    ran("sweep", 600)
    for person in (cast.owner, cast.leader):
        assert warnings(client_of(person)) == ""


def test_a_delivery_that_does_not_run_and_a_job_that_never_ran(office: Client) -> None:
    since = ran("delivery", 11)
    assert since in warnings(office)
    Heartbeat.objects.all().delete()
    assert warnings(office)


def test_a_start_excuses_it(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ran("sweep", 600)
    monkeypatch.setattr(apps.get_app_config("milestones"), "started_at", timezone.now())
    assert warnings(office) == ""


def test_paused_mail_says_by_whom_and_why(office: Client, cast: Cast) -> None:
    at = timezone.now()
    columns = {"paused_at": at, "paused_by": cast.office, "pause_reason": "the relay moves <today>"}
    gate = MailGate.objects.create(**columns, created_at=at, updated_at=at)
    said = warnings(office)
    assert cast.office.display_name in said
    assert "the relay moves &lt;today&gt;" in said
    MailGate.objects.filter(pk=gate.pk).update(paused_at=None)
    assert warnings(office) == ""


def test_a_server_that_takes_nothing(office: Client) -> None:
    stored = Problem(Fault.SERVER, timezone.now() - timedelta(minutes=20)).stored()
    incident = Incident.objects.create(opened_at=timezone.now(), problems=[stored])
    assert "state__exact=retry" in warnings(office)
    Incident.objects.filter(pk=incident.pk).update(problems=[{**stored, "until": timezone.now().isoformat()}])
    assert warnings(office) == "", "it goes on for another reason"


def test_it_costs_one_query_however_much_there_is_to_say(office: Client, cast: Cast) -> None:
    office.get("/")
    with CaptureQueriesContext(connection) as well:
        office.get("/")
    ran("sweep", 600)
    at = timezone.now()
    MailGate.objects.create(paused_at=at, paused_by=cast.office, pause_reason="x", created_at=at, updated_at=at)
    Incident.objects.create(opened_at=at, problems=[Problem(Fault.SWEEP, at).stored()])
    with CaptureQueriesContext(connection) as ill:
        office.get("/")
    assert len(ill) == len(well)


def test_incidents_are_read_and_not_written(office: Client) -> None:
    at = timezone.now() - timedelta(minutes=20)
    stored = Problem(Fault.SWEEP, at).stored()
    incident = Incident.objects.create(opened_at=at, problems=[stored], seen_by="worker one", post_reply="200 OK")
    for page in ("/admin/milestones/incident/", f"/admin/milestones/incident/{incident.pk}/change/"):
        text = office.get(page).content.decode()
        assert "worker one" in text
        assert "200 OK" in text
        assert 'name="_save"' not in text
    assert office.get("/admin/milestones/incident/add/").status_code == 403
    assert "/admin/milestones/incident/" in office.get("/admin/").content.decode()
