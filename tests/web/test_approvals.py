"""What waits for whose decision, is there enough to decide, and what happens when two decide at once?"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.actors import Actor
from milestones.evidence import operations as evidence
from milestones.extensions import operations as extensions
from milestones.models import Evidence, Extension, Milestone, Person, StatusReport
from milestones.people import organisations
from milestones.planning import dependencies, lifecycle
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate
from tests.web import cast as casting
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

NOVEMBER = FuzzyDate(date(2023, 11, 20))
MONDAY = TODAY - timedelta(days=3)


def as_owner(cast: Cast, now: datetime = TODAY) -> Any:
    return {"actor": Actor(cast.owner, "web"), "now": now}


@pytest.fixture
def led(cast: Cast) -> Cast:
    """The leader supervises the bureau that leads."""
    assert cast.roof.lead is not None
    organisations.edit(cast.roof.lead, {"supervising_leader": cast.leader}, actor=SYSTEM, now=TODAY)
    cast.roof.refresh_from_db()
    cast.ring.refresh_from_db()
    return cast


def ask(cast: Cast, now: datetime = TODAY) -> Extension:
    return extensions.request(cast.roof, due=NOVEMBER, reason="钢构件到货延后", progress=68, **as_owner(cast, now))


def submit(cast: Cast, milestone: Milestone) -> Milestone:
    """With a picture of it; by its owner."""
    how: Any = {
        "actual": FuzzyDate(date(2023, 9, 20)),
        "statement": "结构已完成",
        "evidence": [("照片", "https://example.org/a")],
    }
    lifecycle.submit(milestone, **how, **as_owner(cast))
    milestone.refresh_from_db()
    return milestone


def url(kind: str, obj: Any) -> str:
    return f"/approvals/{kind}/{obj.pk}/"


def english(client_of: SignIn, person: Person) -> Any:
    client = client_of(person)
    client.cookies["django_language"] = "en"
    return client


def test_an_extension_has_all_that_is_needed_to_decide(led: Cast, client_of: SignIn) -> None:
    dependencies.add(led.roof, led.ring, actor=SYSTEM, now=TODAY)
    declined = ask(led, MONDAY)
    extensions.decline(declined, note="再抓紧", actor=Actor(led.leader, "web"), now=MONDAY)
    ask(led)
    page = english(client_of, led.leader).get("/approvals/").content.decode()
    wanted = [
        "钢构件到货延后", "14 working days later", "68 per cent done", "Answer by September 26, in 3 working days",
        "Asked before", "再抓紧", "What else would be later", "FIN-09", "owner 某", "strip-axis",
    ]  # fmt: skip
    assert [words for words in wanted if words not in page] == []
    assert re.search(r'id="approvals-count">1<', page)


def test_the_leader_approves_in_place_and_without_a_script(led: Cast, client_of: SignIn) -> None:
    client, request = english(client_of, led.leader), ask(led)
    said = {"verb": "approve", "version": 1, "words": "同意"}
    answer = client.post(url("extension", request), said, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert (answer.status_code, "<html" in text, 'hx-swap-oob="true"' in text) == (200, False, True)
    led.roof.refresh_from_db()
    assert (led.roof.due, Extension.objects.get().note) == (NOVEMBER, "同意")
    again = client.post(url("extension", request), said)
    assert (again.status_code, "approved by leader 某" in again.content.decode()) == (409, True)
    second = extensions.request(led.ring, due=NOVEMBER, reason="夜间施工受限", **as_owner(led))
    refused = client.post(url("extension", second), {"verb": "decline", "version": 1, "words": " "})
    assert (refused.status_code, "Say in a sentence why" in refused.content.decode()) == (422, True)
    done = client.post(url("extension", second), {"verb": "decline", "version": 1, "words": "按原日期"}, follow=True)
    assert (done.redirect_chain[0][0], "Nothing waits for your decision." in done.content.decode()) == (
        "/approvals/",
        True,
    )


def test_two_at_once_are_told_who_was_first_and_what_was_typed_is_kept(cast: Cast, client_of: SignIn) -> None:
    submit(cast, cast.roof)
    lifecycle.return_(cast.roof, reason="缺验收记录", actor=Actor(cast.colleague, "web"), now=TODAY)
    submit(cast, cast.roof)
    answer = english(client_of, cast.office).post(
        url("closeout", cast.roof),
        {"verb": "return", "version": 1, "words": "再补一张照片"},
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert all(
        words in text for words in ("Somebody was first; nothing was saved", "再补一张照片", "what you typed is kept")
    )
    assert f'name="version" value="{cast.roof.version}"' in text


def test_the_office_decides_on_close_outs_reports_and_evidence_oldest_first(cast: Cast, client_of: SignIn) -> None:
    evidence.attach_link(cast.school, url="https://example.org/b", title="批复", actor=SYSTEM, now=MONDAY)
    said = {"as_of": date(2023, 9, 20), "progress": 60, "done": "结构到八层"}
    reports.file(cast.ring, said, **as_owner(cast, TODAY - timedelta(days=1)))
    submit(cast, cast.roof)
    client = english(client_of, cast.office)
    page = client.get("/approvals/").content.decode()
    order = re.findall(r'<article class="approval approval-(\w+)', page)
    assert order == ["evidence", "report", "closeout"]
    assert all(
        words in page
        for words in ("验收记录", "结构已完成", "照片", "结构到八层", "批复", "waiting for 3 working days")
    )
    only = client.get("/approvals/?kind=report").content.decode()
    assert re.findall(r'<article class="approval approval-(\w+)', only) == ["report"]
    piece, report = Evidence.objects.get(title="批复"), StatusReport.objects.get()
    posts = [
        ("evidence", piece, "verify", ""),
        ("report", report, "return", "请写明停工天数"),
        ("closeout", cast.roof, "verify", ""),
    ]
    for kind, obj, verb, words in posts:
        obj.refresh_from_db()
        done = client.post(url(kind, obj), {"verb": verb, "version": obj.version, "words": words})
        assert done.status_code == 302, kind
        obj.refresh_from_db()
    assert [piece.state, report.state, cast.roof.state] == ["verified", "returned", "completed"]


def test_nobody_decides_on_what_they_did_themselves_and_sees_it_with_others(cast: Cast, client_of: SignIn) -> None:
    how: Any = {
        "actual": FuzzyDate(date(2023, 9, 20)),
        "statement": "已完成",
        "evidence": [("照片", "https://example.org/a")],
    }
    lifecycle.submit(cast.roof, **how, actor=Actor(cast.office, "web"), now=TODAY)
    client = english(client_of, cast.office)
    page = client.get("/approvals/").content.decode()
    assert ("Nothing waits for your decision." in page, "FIN-08" in page.split('id="mine"')[1]) == (True, True)
    cast.roof.refresh_from_db()
    refused = client.post(url("closeout", cast.roof), {"verb": "verify", "version": cast.roof.version})
    assert refused.status_code == 422


def test_more_decisions_take_no_more_queries(led: Cast, client_of: SignIn) -> None:
    def four(milestones: list[Milestone]) -> None:
        """One more of each kind."""
        asked, done, reported, shown = milestones
        extensions.request(asked, due=FuzzyDate(date(2024, 1, 20)), reason="停工", **as_owner(led))
        submit(led, done)
        reports.file(reported, {"as_of": date(2023, 9, 20), "progress": 60, "done": "八层"}, **as_owner(led))
        evidence.attach_link(shown, url="https://example.org/b", title="批复", actor=SYSTEM, now=TODAY)

    made = [
        casting.make(led.plan, led.stream, f"NEW-{n}", title="新节点", accountable=led.owner, lead=led.roof.lead)
        for n in range(12)
    ]
    for tied in made[1:]:
        dependencies.add(made[0], tied, actor=SYSTEM, now=TODAY)
    counts = {}
    for few in (4, 12):
        four(made[few - 4 : few])
        for person in (led.office, led.leader):
            client = client_of(person)
            with CaptureQueriesContext(connection) as seen:
                assert client.get("/approvals/").status_code == 200
            counts[few, person] = len(seen)
    assert counts[4, led.office] == counts[12, led.office]
    assert counts[4, led.leader] == counts[12, led.leader]


def test_those_who_never_decide_are_told_so_and_get_no_decision(led: Cast, client_of: SignIn) -> None:
    request = ask(led)
    found = {}
    for role in ("viewer", "outsider", "owner", "coordinator", "leader", "office"):
        client = english(client_of, getattr(led, role))
        decides = "nothing ever waits for you here" not in client.get("/approvals/").content.decode()
        status = client.post(url("extension", request), {"verb": "nothing", "version": 1}).status_code
        found[role] = (decides, client.get(url("extension", request)).status_code, status)
    assert found == {
        "viewer": (False, 404, 404), "outsider": (False, 404, 404), "owner": (False, 403, 403),
        "coordinator": (False, 403, 403), "leader": (True, 200, 404), "office": (True, 200, 404),
    }  # fmt: skip
    assert client_of(None).get("/approvals/").status_code == 302
