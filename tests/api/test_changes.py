"""What does GET /changes answer, and to whom?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milestones.changes.publish import publish_all
from milestones.clients import operations as clients
from milestones.models import ApiClient, ClientActivity, Milestone
from milestones.planning import operations
from milestones.sync import feed
from tests.api.http import Api
from tests.cast import LATER, SYSTEM, Cast
from tests.sync.replica import reader

Make = Callable[..., Api]


def everything(api: Api, query: str = "limit=1000") -> dict[str, Any]:
    return dict(api.get(f"/changes?{query}").json())


def after(api: Api, cursor: str, more: str = "") -> Any:
    return api.get(f"/changes?cursor={quote(cursor)}{more}")


def edit(milestone: Milestone, title: str = "新") -> None:
    operations.change(Milestone.objects.get(pk=milestone.pk), {"title": title}, actor=SYSTEM, now=LATER)


def test_a_row_is_what_the_contract_says(running: Cast, api: Api) -> None:
    cursor = everything(api)["cursor"]
    shown = api.get(f"/milestones/{running.roof.pk}")
    api.patch(f"/milestones/{running.roof.pk}", {"title": "新"}, If_Match=shown["ETag"])
    answer = after(api, cursor)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    (row,) = body["results"]
    assert list(body) == ["results", "cursor", "has_more"]
    assert list(row) == ["seq", "entity", "id", "op", "version", "origin", "changed_at", "data"]
    assert row["data"] == api.get(f"/milestones/{running.roof.pk}").json()
    assert row["origin"] == {"client": "erp", "via": "api"}
    assert (row["entity"], row["op"], row["id"]) == ("milestone", "upsert", str(running.roof.pk))
    assert row["changed_at"] == row["data"]["updated_at"]


def test_both_addresses_answer(running: Cast, api: Api) -> None:
    assert api.get("/changes/?limit=1").status_code == 200


def test_a_reader_pages_through_everything(running: Cast, api: Api) -> None:
    pages: list[dict[str, Any]] = []
    cursor = ""
    while not pages or pages[-1]["has_more"]:
        pages.append(everything(api, f"limit=4&cursor={quote(cursor)}" if cursor else "limit=4"))
        cursor = pages[-1]["cursor"]
    rows = [row["id"] for page in pages for row in page["results"]]
    assert rows == [row["id"] for row in everything(api)["results"]]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=x", "limit=", "entity=plans", "entity=", "entity=webhook", "since=1", "cursor="],
)
def test_a_wrong_parameter_is_named(running: Cast, api: Api, query: str) -> None:
    answer = api.get(f"/changes?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"


def test_a_cursor_that_was_tampered_with_is_refused(running: Cast, api: Api) -> None:
    cursor = everything(api)["cursor"]
    for at in range(0, len(cursor), 7):
        broken = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        answer = after(api, broken)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "bad-cursor")
    assert after(api, "\x00").status_code == 400


def test_another_clients_cursor_is_gone(running: Cast, api: Api, client_of: Make) -> None:
    other = client_of("write", "people:read", "webhooks", name="other")
    answer = after(other, everything(api)["cursor"])
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (410, "gone")
    assert answer.json()["resync_url"].endswith("/api/v1/changes")
    assert answer["Content-Type"] == "application/problem+json"
    assert other.get("/changes").status_code == 200


def test_a_changed_reach_ends_the_cursor(running: Cast, client_of: Make) -> None:
    api = client_of("read", name="narrow")
    cursor = everything(api, "entity=plan")["cursor"]
    clients.edit(ApiClient.objects.get(name="narrow"), {"plans": [running.plan]}, actor=SYSTEM, now=LATER)
    answer = after(api, cursor, "&entity=plan")
    assert answer.status_code == 410
    assert answer.json()["resync_url"].endswith("/api/v1/changes?entity=plan")


def test_a_renamed_client_goes_on(running: Cast, client_of: Make) -> None:
    api = client_of("read", name="old-name")
    cursor = everything(api)["cursor"]
    clients.edit(ApiClient.objects.get(name="old-name"), {"name": "new-name"}, actor=SYSTEM, now=LATER)
    assert after(api, cursor).status_code == 200


def test_a_new_epoch_ends_every_cursor(running: Cast, api: Api) -> None:
    cursor = everything(api)["cursor"]
    call_command("newepoch")
    assert after(api, cursor).status_code == 410
    assert after(api, everything(api)["cursor"]).status_code == 200


def test_one_entity_at_a_time(running: Cast, api: Api) -> None:
    found = everything(api, "entity=milestone")
    assert {row["entity"] for row in found["results"]} == {"milestone"}
    edit(running.roof)
    assert len(after(api, found["cursor"], "&entity=milestone").json()["results"]) == 1
    assert len(after(api, found["cursor"]).json()["results"]) == 1
    assert after(api, found["cursor"], "&entity=plan").status_code == 400


def test_scopes(running: Cast, client_of: Make) -> None:
    assert Api().get("/changes").status_code == 401
    assert client_of("readings:write", name="meter").get("/changes").status_code == 403
    reading = client_of("read", name="reader")
    assert reading.get("/changes").status_code == 200
    assert reading.get("/changes?entity=person").status_code == 403
    milestone = next(row for row in everything(reading)["results"] if row["id"] == str(running.roof.pk))
    assert milestone["data"]["accountable"] is None
    assert milestone["data"]["accountable_id"] == str(running.owner.pk)


def test_of_people_the_office_may_follow(running: Cast) -> None:
    for person, status in ((running.office, 200), (running.leader, 403), (running.viewer, 403)):
        session = Client()
        session.force_login(person)
        assert Api(session=session).get("/changes").status_code == status
    assert not ClientActivity.objects.exists()


def test_a_pull_is_noted(running: Cast, client_of: Make) -> None:
    api = client_of("read", name="noted")
    page = everything(api, "limit=1")
    assert ClientActivity.objects.get().last_seq == 0
    last = everything(api)
    assert ClientActivity.objects.get().last_seq == last["results"][0]["seq"]
    edit(running.roof)
    seq = after(api, last["cursor"]).json()["results"][0]["seq"]
    assert ClientActivity.objects.get().last_seq == seq
    assert page["has_more"]


def test_methods(running: Cast, api: Api) -> None:
    for method in ("post", "put", "patch"):
        assert getattr(api, method)("/changes", {}).status_code == 405


# Of the feed itself: how it stands, the entries, then each entity: its rows and each list of theirs.
LISTS_OF_A_MILESTONE = 2


@pytest.mark.parametrize("reach", ["none", "drafts too", "plans", "organisations"])
def test_the_queries_of_a_page_are_few_and_counted(running: Cast, reach: str) -> None:
    which: dict[str, Any] = {
        "plans": {"plans": [running.plan]},
        "organisations": {"organisations": [running.bureau]},
    }
    who = reader("write" if reach == "drafts too" else "read", **which.get(reach, {}))
    begun = feed.page(who, now=LATER, limit=1000)

    def page() -> feed.Page:
        return feed.page(who, now=LATER, limit=100, cursor=begun.cursor)

    assert _queries(page) == 1
    for number in range(30):
        edit(running.roof, f"改{number}")
        edit(running.school, f"改{number}")
    publish_all()
    assert _queries(page) == 3 + LISTS_OF_A_MILESTONE


def _queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)
