"""Does /comments say and take back as the contract says, to whom it may concern?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones.models import Comment, OutgoingMail
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SAID = {"milestone": "p-2023/FIN-01", "text": "下周浇筑\n请到场"}


def test_one_is_made_and_withdrawn(running: Cast, api: Api) -> None:
    made = api.post("/comments", {**SAID, "mentions": ["owner@example.org"]})
    assert made.status_code == 201, made.content
    assert {**SAID, "author": None}.items() <= made.json().items()
    assert OutgoingMail.objects.get().recipient == running.owner
    at = f"/comments/{made.json()['id']}"
    assert api.get(at).json() == made.json()
    assert api.post(f"{at}/withdraw", {"reason": " "}).status_code == 422
    gone = api.post(f"{at}/withdraw", {"reason": "日期有误"}, If_Match=etag(made))
    assert (gone.status_code, gone.json()["text"], gone.json()["reason"]) == (200, "", "日期有误")
    assert api.post(f"{at}/withdraw", {"reason": "再次"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"milestone": "p-2023/NIX"}, "/milestone", "reference"),
        ({"milestone": None}, "/milestone", "null"),
        ({"text": ""}, "/text", "blank"),
        ({"text": "x" * 4001}, "/text", "max_length"),
        ({"text": "密级:机密"}, "/text", "classified"),
        ({"text": "@stranger@example.org 请看"}, "/text", "mention"),
        ({"mentions": ["nobody@example.org"]}, "/mentions/0", "reference"),
        ({"mentions": ["stranger@example.org"]}, "/mentions", "mention"),
        ({"author": "owner@example.org"}, "/author", "unknown_field"),
    ],
)
def test_what_is_refused(running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = api.post("/comments", {**SAID, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not Comment.objects.exists()


def test_it_is_withdrawn_instead_of_deleted_but_in_a_draft(cast: Cast, api: Api) -> None:
    draft = api.post("/comments", SAID)
    assert api.delete(f"/comments/{draft.json()['id']}", If_Match=etag(draft)).status_code == 204
    cast.activate()
    at = f"/comments/{api.post('/comments', SAID).json()['id']}"
    assert api.delete(at).status_code == 428
    answer = api.delete(at, If_Match="*")
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")
    assert api.patch(at, {"text": "别的"}, If_Match="*").status_code == 405


def test_it_is_read_by_those_whose_matter_it_is(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    at = f"/comments/{signed_in(running.owner).post('/comments', SAID).json()['id']}"
    assert signed_in(running.owner).get(at).json()["author"] == "owner@example.org"
    assert signed_in(running.leader).get(at).status_code == 200
    assert signed_in(running.stranger).get(at).status_code == 404
    assert signed_in(running.stranger).post("/comments", SAID).status_code == 403
    assert signed_in(running.coordinator).post(f"{at}/withdraw", {"reason": "删"}).status_code == 403
    assert signed_in(running.owner).post(f"{at}/withdraw", {"reason": "删"}).status_code == 200
    narrow = client_of("write", organisations=[running.harbour])
    assert narrow.get(at).status_code == 404
    outside = narrow.post("/comments", SAID)
    assert (outside.status_code, outside.json()["errors"][0]["pointer"]) == (422, "/milestone")
    assert client_of("read", name="reader").post("/comments", SAID).status_code == 403


def test_lists_are_filtered(running: Cast, api: Api) -> None:
    first = api.post("/comments", SAID).json()
    other = signed_in(running.office).post("/comments", {"milestone": "p-2023/FIN-02", "text": "乙"}).json()
    api.post(f"/comments/{first['id']}/withdraw", {"reason": "误"})

    def ids(query: str) -> list[str]:
        answer = api.get(f"/comments?{query}")
        assert answer.status_code == 200, answer.content
        return [one["id"] for one in answer.json()["results"]]

    assert ids("milestone=p-2023/FIN-01") == ids("withdrawn=true") == [first["id"]]
    assert ids("author=office@example.org") == ids("withdrawn=false") == [other["id"]]
    assert ids("plan=p-2023&ordering=created_at") == [first["id"], other["id"]]
    assert api.get("/comments?milestone=FIN-01").status_code == 400
