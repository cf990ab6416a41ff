"""Does evidence come in at /evidence as a link or a file, is it looked at by a second one, and does it leave again?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from milestones.evidence import receiving
from milestones.models import Evidence
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import Cast
from tests.evidence import files

LINK = {"milestone": "p-2023/FIN-01", "url": "https://example.org/1.jpg", "title": "封顶照片"}
EDGE = "--edge--of--parts"
PIXELS = files.photo("PNG", (20, 10))


def form(content: bytes = PIXELS, name: str = "roof.png", **fields: Any) -> bytes:
    given = {"milestone": "p-2023/FIN-01", **fields}
    parts = [f'--{EDGE}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}' for key, text in given.items()]
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "\r\n".join([*parts, head]).encode() + content + f"\r\n--{EDGE}--\r\n".encode()


def send(api: Api, body: bytes, **headers: str) -> Any:
    return api.raw("POST", "/evidence", body, f"multipart/form-data; boundary={EDGE}", **headers)


def test_a_link_is_attached(running: Cast, api: Api) -> None:
    answer = api.post("/evidence", LINK)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["url"], made["size"], made["state"]) == (LINK["url"], None, "pending")
    assert api.get(answer["Location"]).json() == made
    assert api.get(f"{answer['Location']}/file").status_code == 404


def test_a_file_is_attached_and_leaves_as_a_download(running: Cast, api: Api) -> None:
    answer = send(api, form(title="封顶"))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["title"], made["file_name"], made["media_type"]) == ("封顶", "roof.png", "image/png")
    assert (made["size"], made["sha256"]) == (len(PIXELS), hashlib.sha256(PIXELS).hexdigest())
    path = f"{answer['Location']}/file"
    file = api.get(path)
    assert b"".join(file.streaming_content) == PIXELS
    assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert file["Content-Disposition"].startswith("attachment")
    assert api.get(path, If_None_Match=file["ETag"]).status_code == 304
    assert api.get(f"{path}?inline=1").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_file_sent_again_with_its_key_is_attached_once(
    running: Cast, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = send(api, form(), Idempotency_Key="k")
    again = send(api, form(), Idempotency_Key="k")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert send(api, form(files.photo("PNG", (9, 9))), Idempotency_Key="k").status_code == 422
    open_while_read: list[bool] = []
    monkeypatch.setattr(receiving, "copied", lambda *_, **__: open_while_read.append(connection.in_atomic_block))
    send(api, form(), Idempotency_Key="other")
    assert open_while_read == [False], "nobody waits for the file"
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"url": "ftp://example.org/1"}, "/url", "url"),
        ({"url": "https://example.org/" + "a" * 1000}, "/url", "max_length"),
        ({"url": None}, "/url", "null"),
        ({"title": "t" * 201}, "/title", "max_length"),
        ({"milestone": "p-2023/FIN-99"}, "/milestone", "reference"),
        ({"file": "x"}, "/file", "unknown_field"),
        ({"title": "机密★"}, "/title", "classified"),
    ],
)
def test_a_link_that_is_refused_names_its_place_and_its_rule(
    running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = api.post("/evidence", {**LINK, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (form(b"MZ\x90\x00" + b"x" * 300, "a.exe"), "/file", "file_type"),
        (form(b"", "a.png"), "/file", "empty"),
        (form(name="a.pdf"), "/file", "wrong_name"),
        (form(milestone="p-2023/FIN-99"), "/milestone", "reference"),
        (form(state="verified"), "/state", "unknown_field"),
        (form().replace(b'; filename="roof.png"', b""), "/file", "invalid"),
        (form().replace(b'name="file"', b'name="blob"'), "/blob", "unknown_field"),
    ],
)
def test_a_file_that_is_refused_names_its_place_and_its_rule(
    running: Cast, api: Api, body: bytes, pointer: str, code: str
) -> None:
    answer = send(api, body)
    assert answer.status_code == 422, answer.content
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert not Evidence.objects.exists()


def test_a_file_that_is_too_large_is_413(running: Cast, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_BYTES", len(PIXELS) - 1)
    answer = send(api, form())
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (413, "/file")
    assert send(api, b"x", Content_Length=str(30 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"--edge", 422),
        (form(title="t" * 3_000_000), 413),
        (form(PIXELS, "roof.png", **{f"f{n}": "" for n in range(1001)}), 400),
    ],
)
def test_a_form_that_cannot_be_read_is_a_problem_too(running: Cast, api: Api, body: bytes, status: int) -> None:
    answer = send(api, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content


def test_other_kinds_of_bodies_are_not_read(running: Cast, api: Api) -> None:
    assert api.raw("POST", "/evidence", PIXELS, "image/png").status_code == 415
    assert api.raw("POST", "/evidence", PIXELS, "multipart/form-data").status_code == 400
    assert api.raw("POST", "/status-reports", form(), f"multipart/form-data; boundary={EDGE}").status_code == 415


# --- States -----------------------------------------------------------------------------------------------------------
def test_a_second_client_verifies_or_rejects_it(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    checker = client_of("write", name="checker")
    attached = api.post("/evidence", LINK)
    path = attached["Location"]
    own = api.post(f"{path}/verify")
    assert (own.status_code, own.json()["code"]) == (409, "own_evidence")
    assert checker.post(f"{path}/verify", If_Match='"v7"').status_code == 412
    assert checker.post(f"{path}/verify").json()["state"] == "verified"
    assert checker.post(f"{path}/reject").json()["errors"][0]["pointer"] == "/reason"
    rejected = checker.post(f"{path}/reject", {"reason": "照片不清"})
    assert (rejected.json()["state"], rejected.json()["reason"]) == ("rejected", "照片不清")
    assert checker.post(f"{path}/reject", {"reason": "再"}).status_code == 409


def test_it_is_withdrawn_and_never_deleted(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    attached = send(api, form())
    path = attached["Location"]
    assert api.delete(path).status_code == 428
    answer = api.delete(path, If_Match=etag(attached))
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")
    assert api.post(f"{path}/withdraw", {"reason": "传错了"}).json()["state"] == "withdrawn"
    assert client_of("read", name="reader").get(f"{path}/file").status_code == 404
    assert b"".join(api.get(f"{path}/file").streaming_content) == PIXELS


def test_in_a_draft_plan_nothing_is_attached(cast: Cast, api: Api) -> None:
    assert api.post("/evidence", LINK).status_code == 409
    assert send(api, form()).status_code == 409


def test_lists_are_filtered_by_what_the_fields_are_called(running: Cast, api: Api) -> None:
    api.post("/evidence", LINK)
    made = send(api, form(title="乙", milestone="p-2023/FIN-02")).json()

    def titles(query: str) -> list[str]:
        answer = api.get(f"/evidence?{query}")
        assert answer.status_code == 200, answer.content
        return [one["title"] for one in answer.json()["results"]]

    assert titles("") == ["封顶照片", "乙"]
    assert titles("milestone=p-2023/FIN-02&plan=p-2023&state=pending") == ["乙"]
    assert titles("media_type=image/png") == titles(f"sha256={made['sha256']}") == ["乙"]
    for wrong in ("state=odd", "milestone=x", "url=a"):
        assert api.get(f"/evidence?{wrong}").status_code == 400, wrong


# --- Who --------------------------------------------------------------------------------------------------------------
def test_clients_need_write_and_a_milestone_in_their_reach(
    running: Cast, api: Api, client_of: Callable[..., Api]
) -> None:
    path = send(api, form())["Location"]
    assert client_of("read", "readings:write", name="adder").post("/evidence", LINK).status_code == 403
    narrow = client_of("write", name="narrow", organisations=[running.harbour])
    for address in (path, f"{path}/file"):
        assert narrow.get(address).status_code == 404
    assert narrow.post(f"{path}/verify").status_code == 404
    assert narrow.post("/evidence", LINK).status_code == 422
    assert client_of("readings:write", name="blind").get(f"{path}/file").status_code == 403


def test_people_attach_to_what_is_theirs_and_strangers_see_none_of_it(running: Cast) -> None:
    mine, far, office = (signed_in(one) for one in (running.coordinator, running.stranger, running.office))
    attached = send(mine, form())
    assert (attached.status_code, attached.json()["added_by"]) == (201, "coordinator@example.org")
    path = attached["Location"]
    assert send(signed_in(running.coordinator, csrf=False), form()).status_code == 403
    assert send(far, form()).status_code == 403
    assert (far.get(path).status_code, far.get(f"{path}/file").status_code) == (404, 404)
    assert mine.post(f"{path}/verify").status_code == 403
    assert office.post(f"{path}/verify").json()["decided_by"] == "office@example.org"
