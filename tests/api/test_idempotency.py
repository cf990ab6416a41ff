"""Is a POST with an Idempotency-Key done once, however often and by however many it is sent?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from milestones.models import ChangeEntry, Comment, IdempotencyRecord, Milestone, WebhookEndpoint
from milestones.upkeep import retention
from tests.api.http import Api
from tests.api.people import signed_in
from tests.api.test_milestones import NEW
from tests.cast import NOW, Cast
from tests.servers.installation import ROOT, Installation
from tests.two_at_once import together

CLIENTS = 50
ROW = {**NEW, "ref": {"system": "erp", "id": "1"}}


def token_of(api: Api) -> str:
    return api.headers["Authorization"].removeprefix("Bearer ")


def same(first: Any, again: Any) -> None:
    """Status, body and what stands beside it; and that it is told to be a replay."""
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for header in ("Location", "ETag", "Content-Type"):
        assert again.get(header) == first.get(header)
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")


# --- At once ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_fifty_clients_with_one_key_make_one_object(running: Cast, api: Api) -> None:
    def ask() -> Any:
        return Api(token_of(api)).post("/milestones", NEW, Idempotency_Key="one")

    answers: list[Any] = together(*[ask] * CLIENTS)
    made = Milestone.objects.get(title=NEW["title"])
    assert ChangeEntry.objects.filter(object_id=made.pk, op="create").count() == 1
    done = {answer.content for answer in answers if answer.status_code == 201}
    assert len(done) == 1
    assert {(one.status_code, one.get("Retry-After")) for one in answers if one.status_code != 201} <= {(409, "1")}
    later = ask()
    assert (later.status_code, {later.content}) == (201, done)


# --- Once -------------------------------------------------------------------------------------------------------------
def posts(cast: Cast, api: Api) -> dict[str, tuple[str, Any]]:
    """One for each answer that a POST may have: 200, 201, 202, with and without an entity tag."""
    milestone = f"/milestones/{cast.roof.pk}"
    hook = api.post("/webhooks", {"url": "https://93.184.216.34/hook"}).json()["id"]
    return {
        "create": ("/milestones", NEW),
        "verb": (f"{milestone}/start", {}),
        "comment": ("/comments", {"milestone": "p-2023/FIN-01", "text": "好"}),
        "evidence": ("/evidence", {"milestone": "p-2023/FIN-01", "url": "https://example.org/1"}),
        "webhook": ("/webhooks", {"url": "https://93.184.216.34/other"}),
        "ping": (f"/webhooks/{hook}/ping", {}),
        "batch": ("/milestones/batch", [ROW]),
    }


@pytest.mark.parametrize("name", ["create", "verb", "comment", "evidence", "webhook", "ping", "batch"])
def test_every_post_is_replayed_as_it_was_answered(running: Cast, api: Api, name: str) -> None:
    path, body = posts(running, api)[name]
    first = api.post(path, body, Idempotency_Key="k")
    assert 200 <= first.status_code < 300, first.content
    entries = ChangeEntry.objects.count()
    same(first, api.post(path, body, Idempotency_Key="k"))
    same(first, api.post(path, body, Idempotency_Key="k"))
    assert ChangeEntry.objects.count() == entries


def test_a_key_belongs_to_one_path_and_one_body(running: Cast, api: Api) -> None:
    assert api.post("/milestones", NEW, Idempotency_Key="k").status_code == 201
    for path, body in (
        ("/milestones", {**NEW, "title": "别的"}),
        ("/milestones/", NEW),
        ("/milestones/batch", [NEW]),
        (f"/milestones/{running.roof.pk}/start", {}),
    ):
        answer = api.post(path, body, Idempotency_Key="k")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "key-reused"), path
    assert Milestone.objects.count() == 4


def test_bodies_are_compared_by_value(running: Cast, api: Api) -> None:
    first = api.post("/milestones", {**NEW, "stage": "封顶"}, Idempotency_Key="k")
    text = '{ "due": {"precision":"year","on":"2023-12-31"}, "kind":"construction", "stage":"\\u5c01\\u9876",'
    text += '"title":"数据港封顶",\n"workstream":"FIN","plan":"p-2023"}'
    same(first, api.raw("POST", "/milestones", text.encode(), Idempotency_Key="k"))


def test_batches_are_compared_by_value_too(running: Cast, api: Api) -> None:
    first = api.post("/milestones/batch", [ROW], Idempotency_Key="k")
    same(first, api.post("/milestones/batch", [dict(reversed(ROW.items()))], Idempotency_Key="k"))
    assert api.post("/milestones/batch?dry_run=true", [ROW], Idempotency_Key="k").status_code == 422


def test_what_is_refused_leaves_its_key_free(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    key = {"Idempotency_Key": "k"}
    assert api.post("/milestones", {**NEW, "kind": "castle"}, **key).status_code == 422
    assert api.raw("POST", "/milestones", b"{", **key).status_code == 400
    assert api.post("/milestones/batch?atomic=true", [ROW, {"plan": "p-2023"}], **key).status_code == 422
    assert client_of("read").post("/milestones", NEW, **key).status_code == 403
    assert not IdempotencyRecord.objects.exists()
    assert api.post("/milestones", NEW, **key).status_code == 201


def test_keys_of_two_clients_and_of_a_person_are_apart(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    asked = [one.post("/milestones", NEW, Idempotency_Key="k") for one in (api, client_of("write"))]
    asked.append(signed_in(running.office).post("/milestones", NEW, Idempotency_Key="k"))
    assert [answer.status_code for answer in asked] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in asked}) == 3


def test_a_key_is_good_for_a_day(running: Cast, api: Api) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first = api.post("/milestones", NEW, Idempotency_Key="k")
        clock.shift(timedelta(hours=24))
        same(first, api.post("/milestones", NEW, Idempotency_Key="k"))
        assert retention.drop_answers(timezone.now()) == 0
        clock.shift(timedelta(seconds=1))
        assert api.post("/milestones", NEW, Idempotency_Key="k").json()["id"] != first.json()["id"]
        clock.shift(timedelta(hours=25))
        assert retention.forget(timezone.now())["answers"] == 1


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "schlüssel", "a\tb"])
def test_a_key_has_1_to_255_letters(running: Cast, api: Api, key: str) -> None:
    answer = api.post("/milestones", NEW, Idempotency_Key=key)
    assert answer.status_code == 400, answer.content
    assert Milestone.objects.count() == 3


def test_it_says_nothing_about_what_is_no_post(running: Cast, api: Api) -> None:
    path = f"/milestones/{running.roof.pk}"
    seen = api.get(path, Idempotency_Key="k")
    assert api.patch(path, {"title": "甲"}, If_Match=seen["ETag"], Idempotency_Key="k").status_code == 200
    assert not IdempotencyRecord.objects.exists()


def test_a_secret_is_shown_again_for_a_day_and_no_longer(running: Cast, api: Api) -> None:
    first = api.post("/webhooks", {"url": "https://93.184.216.34/other"}, Idempotency_Key="k")
    again = api.post("/webhooks", {"url": "https://93.184.216.34/other"}, Idempotency_Key="k")
    same(first, again)
    assert first.json()["secret"].startswith("whsec_")
    assert "whsec_" not in IdempotencyRecord.objects.get().body, "a copy of the database tells no secret by this"
    assert WebhookEndpoint.objects.count() == 1
    retention.forget(timezone.now() + timedelta(hours=25))
    assert not IdempotencyRecord.objects.exists()


# --- Killed -----------------------------------------------------------------------------------------------------------
POST_AND_DIE = """
import os, sys
import django
django.setup()
from milestones.api import idempotency, middleware
from tests.api.http import Api
store, answer = idempotency._store, middleware.Api.__call__
def killed_before_the_commit(*given):
    store(*given)
    os._exit(9)
def killed_after_it(self, request):
    answer(self, request)
    os._exit(9)
if sys.argv[1] == "before":
    idempotency._store = killed_before_the_commit
else:
    middleware.Api.__call__ = killed_after_it
Api(sys.argv[2]).post("/comments", {"milestone": "p-2023/FIN-01", "text": "好"}, Idempotency_Key="k")
"""


@pytest.mark.parametrize(("moment", "left"), [("before", 0), ("after", 1)])
def test_a_server_that_is_killed_has_done_it_once_or_not_at_all(
    installation: Callable[..., Installation], running: Cast, api: Api, moment: str, left: int
) -> None:
    environment = {**installation().environment, "PYTHONPATH": str(ROOT), "ALLOWED_HOSTS": "testserver"}
    died = subprocess.run(
        [sys.executable, "-c", POST_AND_DIE, moment, token_of(api)],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )
    assert died.returncode == 9
    assert (Comment.objects.count(), IdempotencyRecord.objects.count()) == (left, left)
    again = api.post("/comments", {"milestone": "p-2023/FIN-01", "text": "好"}, Idempotency_Key="k")
    assert (again.status_code, again.get("Idempotent-Replayed")) == (201, "true" if left else None)
    assert again.json()["id"] == str(Comment.objects.get().pk)
