"""Does /milestones read, create, change and move as the contract says?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from milestones.models import ChangeEntry, DateRevision, Milestone
from tests.api.http import Api, etag
from tests.cast import NOW, Cast

NEW = {
    "plan": "p-2023",
    "workstream": "FIN",
    "title": "数据港封顶",
    "kind": "construction",
    "due": {"on": "2023-12-31", "precision": "year"},
}


def test_a_milestone_is_created_with_a_code_of_ours_and_read_back(running: Cast, api: Api) -> None:
    answer = api.post("/milestones", {**NEW, "lead": "FTB", "accountable": "owner@example.org"})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["code"] == "FIN-04"
    assert made["due"] == made["baseline"] == {"on": "2023-12-31", "precision": "year"}
    assert (made["accountable"], made["lead"]) == ("owner@example.org", "FTB")
    assert etag(answer) == f'"v{made["version"]}"'
    again = api.get(answer["Location"])
    assert again.json() == made
    entry = ChangeEntry.objects.filter(object_id=made["id"]).earliest("id")
    assert (entry.client, entry.via) == ("erp", "api")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"title": None}, "/title", "null"),
        ({"title": 7}, "/title", "type"),
        ({"title": " "}, "/title", "blank"),
        ({"title": "t" * 201}, "/title", "max_length"),
        ({"colour": "red"}, "/colour", "unknown_field"),
        ({"baseline": {"on": "2023-12-31"}}, "/baseline", "unknown_field"),
        ({"state": "completed"}, "/state", "unknown_field"),
        ({"kind": "castle"}, "/kind", "invalid_choice"),
        ({"weight": True}, "/weight", "type"),
        ({"weight": "3"}, "/weight", "type"),
        ({"weight": 0}, "/weight", "min_value"),
        ({"due": "2023-12-31"}, "/due", "type"),
        ({"due": {"on": "2023-12-30", "precision": "year"}}, "/due/on", "period_end"),
        ({"due": {"on": "2023-02-30"}}, "/due/on", "type"),
        ({"due": {"on": "2023-12-31", "precision": "week"}}, "/due/precision", "invalid_choice"),
        ({"plan": "p-1999"}, "/plan", "reference"),
        ({"workstream": "ZZZ"}, "/workstream", "reference"),
        ({"accountable": "nobody@example.org"}, "/accountable", "reference"),
        ({"parties": [{"role": "responsible", "organisation": "NIX"}]}, "/parties/0/organisation", "reference"),
        ({"parties": [{"role": "king", "organisation": "FTB"}]}, "/parties/0/role", "invalid_choice"),
        ({"source_span": [5]}, "/source_span", "min_length"),
    ],
)
def test_what_is_refused_names_its_place_and_its_rule(
    running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str
) -> None:
    before = Milestone.objects.count(), ChangeEntry.objects.count()
    answer = api.post("/milestones", {**NEW, **body})
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert (Milestone.objects.count(), ChangeEntry.objects.count()) == before


def test_a_change_needs_the_version_that_was_seen(running: Cast, api: Api) -> None:
    path = f"/milestones/{running.roof.pk}"
    seen = etag(api.get(path))
    assert api.patch(path, {"title": "甲"}).status_code == 428
    changed = api.patch(path, {"title": "甲"}, If_Match=seen)
    assert (changed.status_code, changed.json()["title"]) == (200, "甲")
    late = api.patch(path, {"title": "乙"}, If_Match=seen)
    assert (late.status_code, late.json()["current"]) == (412, changed.json())
    assert api.get(path, If_None_Match=etag(changed)).status_code == 304


def test_a_date_moves_with_a_reason_only(running: Cast, api: Api) -> None:
    path = f"/milestones/{running.roof.pk}"
    due = {"on": "2024-03-31", "precision": "quarter"}
    refused = api.patch(path, {"due": due}, If_Match=etag(api.get(path)))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    moved = api.patch(path, {"due": due, "reason": "雨季"}, If_Match=etag(api.get(path)))
    assert (moved.json()["due"], moved.json()["baseline"]["precision"]) == (due, "year")
    assert DateRevision.objects.get(milestone=running.roof, reason="雨季").via == "api"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"due": {}}, "/due/on"),
        ({"parties": [{"role": "supporting"}]}, "/parties/0/organisation"),
        ({"plan": "p-2024"}, "/plan"),
    ],
)
def test_a_part_that_is_given_is_given_whole(running: Cast, api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api.patch(f"/milestones/{running.roof.pk}", body, If_Match="*")
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])


def test_a_day_without_a_precision_is_that_day(running: Cast, api: Api) -> None:
    body = {"due": {"on": "2023-11-30"}, "reason": "提前", "plan": "p-2023"}
    answer = api.patch(f"/milestones/{running.roof.pk}", body, If_Match="*")
    assert answer.json()["due"] == {"on": "2023-11-30", "precision": "day"}


def test_lists_are_cut_by_key_and_follow_to_the_end(running: Cast, api: Api) -> None:
    codes: list[str] = []
    address = "/milestones?limit=1&ordering=-due,code&plan=p-2023"
    while address:
        page = api.get(address)
        assert page.status_code == 200, page.content
        codes += [one["code"] for one in page.json()["results"]]
        address = page.json()["next"]
    assert codes == ["FIN-01", "FIN-02", "FIN-03"]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=1001", "limit=x", "colour=red", "state=odd", "due_before=soon", "ordering=weight"),
        *("cursor=abc", "fields=id,colour", "plan=a&plan=b", "updated_since=then", "limit="),
    ],
)
def test_a_parameter_that_is_unknown_or_wrong_is_refused(running: Cast, api: Api, query: str) -> None:
    answer = api.get(f"/milestones?{query}")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"


def test_sparse_fields(running: Cast, api: Api) -> None:
    assert api.get("/milestones?fields=code&code=FIN-01").json()["results"] == [
        {"id": str(running.roof.pk), "code": "FIN-01"}
    ]


def test_a_milestone_goes_through_its_states_with_two_clients(
    running: Cast, api: Api, client_of: Callable[..., Api]
) -> None:
    path = f"/milestones/{running.rules.pk}"
    with time_machine.travel(NOW, tick=False):
        assert api.post(f"{path}/start").json()["state"] == "in_progress"
        link = {"url": "https://example.org/rules.pdf", "title": "文本"}
        done = {"actual": {"on": "2023-01-12", "precision": "day"}, "statement": "已印发", "evidence": [link]}
        submitted = api.post(f"{path}/submit", done)
        assert submitted.status_code == 200, submitted.content
        own = api.post(f"{path}/verify")
        assert own.status_code == 409
        assert client_of("write", name="checker").post(f"{path}/verify").json()["state"] == "completed"


def test_what_stands_in_an_active_plan_is_cancelled_instead(running: Cast, api: Api) -> None:
    path = f"/milestones/{running.roof.pk}"
    answer = api.delete(path, If_Match=etag(api.get(path)))
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")


def test_in_a_draft_it_is_deleted(cast: Cast, api: Api) -> None:
    path = f"/milestones/{cast.roof.pk}"
    assert api.delete(path, If_Match=etag(api.get(path))).status_code == 204
    assert api.get(path).status_code == 404


def test_a_reading_client_sees_no_draft_and_writes_nothing(cast: Cast, client_of: Callable[..., Api]) -> None:
    reader = client_of("read")
    assert reader.get("/milestones").json() == {"results": [], "next": None}
    cast.activate()
    answer = reader.post("/milestones", NEW)
    assert answer.status_code == 403
    assert reader.get(f"/milestones/{cast.roof.pk}").json()["accountable"] is None


def test_outside_its_reach_a_client_finds_nothing(running: Cast, client_of: Callable[..., Api]) -> None:
    narrow = client_of("write", organisations=[running.harbour])
    assert [one["code"] for one in narrow.get("/milestones").json()["results"]] == ["FIN-02"]
    assert narrow.get(f"/milestones/{running.roof.pk}").status_code == 404
    assert narrow.post(f"/milestones/{running.roof.pk}/start").status_code == 404


def test_without_a_token_nobody_is_known(running: Cast) -> None:
    answer = Api().get("/milestones")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="lingang"')
    assert answer["Content-Type"] == "application/problem+json"


def test_the_same_key_does_it_once(running: Cast, api: Api) -> None:
    first = api.post("/milestones", NEW, Idempotency_Key="a-1")
    again = api.post("/milestones", dict(reversed(NEW.items())), Idempotency_Key="a-1")
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert again["Location"] == first["Location"]
    assert api.post("/milestones", {**NEW, "title": "别的"}, Idempotency_Key="a-1").status_code == 422
    assert Milestone.objects.count() == 4
