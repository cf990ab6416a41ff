"""Is more time asked for and decided on at /extensions, by two?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from milestones.models import Extension
from milestones.people import organisations
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import NOW, SYSTEM, Cast

DUE = {"on": "2024-03-31", "precision": "quarter"}
NEW = {"milestone": "p-2023/FIN-01", "due": DUE, "reason": "台风停工", "progress": 30}


@pytest.fixture(autouse=True)
def _on_the_day(cast: Cast) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def checker(client_of: Callable[..., Api]) -> Api:
    return client_of("write", name="checker")


def test_what_is_asked_for_is_approved_by_another_client_and_moves_the_date(
    running: Cast, api: Api, checker: Api
) -> None:
    asked = api.post("/extensions", NEW)
    assert asked.status_code == 201, asked.content
    made, path = asked.json(), asked["Location"]
    assert (made["due"], made["old"]["precision"], made["state"], made["late"]) == (DUE, "year", "requested", False)
    own = api.post(f"{path}/approve")
    assert (own.status_code, own.json()["code"]) == (409, "same_person")
    stale = checker.post(f"{path}/approve", If_Match='"v9"')
    assert (stale.status_code, stale.json()["current"]) == (412, checker.get(path).json())
    done = checker.post(f"{path}/approve", {"note": "同意"}, If_Match=etag(asked))
    assert (done.status_code, done.json()["state"], done.json()["decided_client"]) == (200, "approved", "checker")
    assert api.get(f"/milestones/{running.roof.pk}").json()["due"] == DUE
    assert checker.post(f"{path}/decline", {"note": "不"}).status_code == 409


def test_it_is_declined_with_a_note_or_withdrawn(running: Cast, api: Api, checker: Api) -> None:
    path = api.post("/extensions", NEW)["Location"]
    second = api.post("/extensions", NEW)
    assert (second.status_code, second.json()["code"]) == (409, "already_asked")
    assert checker.post(f"{path}/decline").json()["errors"][0]["pointer"] == "/note"
    assert checker.post(f"{path}/decline", {"note": "来得及"}).json()["state"] == "declined"
    path = api.post("/extensions", NEW)["Location"]
    assert api.post(f"{path}/withdraw").json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"due": {"on": "2023-06-30", "precision": "month"}}, "/due", "not_later"),
        ({"due": {"on": "2024-03-30", "precision": "quarter"}}, "/due/on", "period_end"),
        ({"due": "2024-03-31"}, "/due", "type"),
        ({"reason": " "}, "/reason", "blank"),
        ({"progress": -1}, "/progress", "min_value"),
        ({"progress": True}, "/progress", "type"),
        ({"milestone": "p-2023/FIN-99"}, "/milestone", "reference"),
        ({"state": "approved"}, "/state", "unknown_field"),
    ],
)
def test_what_is_refused_names_its_place_and_its_rule(
    running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = api.post("/extensions", {**NEW, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not Extension.objects.exists()


def test_it_is_withdrawn_and_never_deleted_nor_changed(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    asked = api.post("/extensions", NEW)
    path = asked["Location"]
    assert api.delete(path).status_code == 428
    answer = api.delete(path, If_Match=etag(asked))
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")
    assert client_of("read", name="reader").delete(path, If_Match=etag(asked)).status_code == 403
    assert api.patch(path, {"progress": 4}, If_Match=etag(asked)).status_code == 405


def test_lists_are_filtered_by_what_the_fields_are_called(running: Cast, api: Api) -> None:
    api.post("/extensions", NEW)
    api.post("/extensions", {**NEW, "milestone": "p-2023/FIN-02", "due": {"on": "2023-07-31", "precision": "month"}})

    def milestones(query: str) -> list[str]:
        answer = api.get(f"/extensions?{query}")
        assert answer.status_code == 200, answer.content
        return [one["milestone"][-6:] for one in answer.json()["results"]]

    assert milestones("ordering=due") == ["FIN-02", "FIN-01"]
    assert milestones("milestone=p-2023/FIN-01&plan=p-2023&state=requested&late=false") == ["FIN-01"]
    assert milestones("due_before=2023-12-31") == ["FIN-02"]
    assert milestones("late=true") == []
    for wrong in ("state=open", "late=no", "due_after=x", "reason=a"):
        assert api.get(f"/extensions?{wrong}").status_code == 400, wrong


# --- Who --------------------------------------------------------------------------------------------------------------
def test_clients_need_write_and_a_milestone_in_their_reach(
    running: Cast, api: Api, client_of: Callable[..., Api]
) -> None:
    path = api.post("/extensions", NEW)["Location"]
    adder = client_of("readings:write", name="adder")
    assert adder.post("/extensions", {**NEW, "milestone": "p-2023/FIN-02"}).status_code == 403
    narrow = client_of("write", name="narrow", organisations=[running.harbour])
    assert (narrow.get(path).status_code, narrow.post(f"{path}/approve").status_code) == (404, 404)
    assert narrow.post("/extensions", NEW).status_code == 422
    assert narrow.get("/extensions").json()["results"] == []


def test_people_ask_for_what_is_theirs_and_their_leader_decides(running: Cast) -> None:
    organisations.edit(running.bureau, {"supervising_leader": running.leader}, actor=SYSTEM, now=NOW)
    owner, leader, far = (signed_in(one) for one in (running.owner, running.leader, running.stranger))
    asked = owner.post("/extensions", NEW)
    assert (asked.status_code, asked.json()["requested_by"]) == (201, "owner@example.org")
    path = asked["Location"]
    assert (far.get(path).status_code, far.post(f"{path}/approve").status_code) == (404, 404)
    assert far.post("/extensions", NEW).status_code == 403
    assert owner.post(f"{path}/approve").status_code == 403
    assert signed_in(running.leader, csrf=False).post(f"{path}/approve").status_code == 403
    assert leader.post(f"{path}/approve").json()["decided_by"] == "leader@example.org"
