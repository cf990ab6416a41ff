"""Are endpoints of webhooks looked after over the API as the contract says?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from milestones.models import ChangeEntry, WebhookEndpoint
from milestones.webhooks.delivery import deliver
from milestones.webhooks.fan_out import fan_out
from tests.api.http import Api, etag
from tests.cast import Cast
from tests.servers.receiver import Receiver
from tests.webhooks.desk import LOOPBACK, verified

HOOK = {"url": "https://1.1.1.1/hook"}


@pytest.fixture(autouse=True)
def _loopback_is_allowed(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = LOOPBACK


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


def work() -> None:
    fan_out(now=timezone.now())
    deliver(timezone.now)


def made(api: Api, **values: Any) -> Any:
    answer = api.post("/webhooks", {**HOOK, **values})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_webhook_is_made_and_its_secret_shown_once(running: Cast, api: Api) -> None:
    answer = api.post("/webhooks", HOOK)
    assert answer.status_code == 201, answer.content
    hook = answer.json()
    assert hook["secret"].startswith("whsec_")
    assert (hook["events"], hook["active"], hook["client"]) == (["*"], True, "erp")
    assert etag(answer) == '"v1"'
    read = api.get(answer["Location"])
    assert read.json() == {name: value for name, value in hook.items() if name != "secret"}
    assert api.get("/webhooks/").json()["results"] == [read.json()]
    assert hook["secret"] not in str(list(ChangeEntry.objects.values()))


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/url", "required"),
        ({"url": 7}, "/url", "type"),
        ({"url": "http://10.0.0.1/x"}, "/url", "not_public"),
        ({"url": "http://[::ffff:169.254.169.254]/x"}, "/url", "not_public"),
        ({"url": "gopher://1.1.1.1/"}, "/url", "scheme"),
        ({**HOOK, "events": ["milestone"]}, "/events", "unknown_event"),
        ({**HOOK, "events": []}, "/events", "missing"),
        ({**HOOK, "events": "*"}, "/events", "not_a_list"),
        ({**HOOK, "secret": "whsec_x"}, "/secret", "unknown_field"),
    ],
)
def test_what_is_refused_names_its_place(running: Cast, api: Api, body: Any, pointer: str, code: str) -> None:
    answer = api.post("/webhooks", body)
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not WebhookEndpoint.objects.exists()


def test_from_a_change_to_a_verified_message_and_its_log(running: Cast, api: Api, receiver: Receiver) -> None:
    hook = made(api, url=receiver.url, events=["milestone.*"])
    path = f"/milestones/{running.roof.pk}"
    assert api.patch(path, {"title": "甲"}, If_Match=etag(api.get(path))).status_code == 200
    work()
    (request,) = receiver.requests
    told = verified(request, hook["secret"])
    assert (told["type"], told["entity"], told["id"]) == ("milestone.updated", "milestone", str(running.roof.pk))
    log = api.get(f"/webhooks/{hook['id']}/deliveries").json()
    assert log["next"] is None
    (delivery,) = log["results"]
    assert (delivery["state"], delivery["seq"], delivery["id"]) == ("sent", told["seq"], request.headers["webhook-id"])
    assert [(one["number"], one["status"]) for one in delivery["attempts"]] == [(1, 200)]
    again = api.post(f"/webhooks/{hook['id']}/deliveries/{delivery['id']}/replay")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    work()
    assert receiver.requests[1].headers["webhook-id"] == delivery["id"]


def test_the_log_has_pages_and_filters(running: Cast, api: Api, receiver: Receiver) -> None:
    hook = made(api, url=receiver.url)
    path = f"/webhooks/{hook['id']}"
    for _each in range(3):
        assert api.post(f"{path}/ping").status_code == 202
        work()
    pages, times, address = [], [], f"{path}/deliveries?limit=2"
    while address:
        page = api.get(address).json()
        pages.append(len(page["results"]))
        times += [one["created_at"] for one in page["results"]]
        address = page["next"]
    assert pages == [2, 1]
    assert times == sorted(times, reverse=True)
    assert api.get(f"{path}/deliveries?state=failed").json()["results"] == []
    assert len(api.get(f"{path}/deliveries?type=ping&ordering=created_at").json()["results"]) == 3
    for wrong in ("limit=0", "state=lost", "ordering=seq", "cursor=x", "colour=red"):
        assert api.get(f"{path}/deliveries?{wrong}").status_code == 400


def test_secret_switch_and_removal(running: Cast, api: Api) -> None:
    hook = made(api)
    path = f"/webhooks/{hook['id']}"
    rotated = api.post(f"{path}/rotate-secret", {"overlap_hours": 1}).json()
    assert rotated["secret"] != hook["secret"]
    assert rotated["previous_secret_until"] is not None
    assert api.post(f"{path}/disable").json()["active"] is False
    assert api.post(f"{path}/ping").status_code == 409
    assert api.post(f"{path}/enable").json()["active"] is True
    assert api.post(f"{path}/replay-failed", {"since": "2023-01-01T00:00:00+08:00"}).json() == {"count": 0}
    assert api.post(f"{path}/replay-failed", {"since": 7}).status_code == 422
    assert api.patch(path, {"events": ["target.*"]}).status_code == 428
    changed = api.patch(path, {"events": ["target.*"]}, If_Match=etag(api.get(path)))
    assert changed.json()["events"] == ["target.*"]
    assert api.delete(path).status_code == 428
    assert api.delete(path, If_Match='"v1"').status_code == 412
    assert api.delete(path, If_Match=etag(changed)).status_code == 204
    assert api.get(path).status_code == 404


def test_a_clients_endpoints_are_nobody_elses(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    other, without = client_of("webhooks", name="other"), client_of("write", name="without")
    path = f"/webhooks/{made(api)['id']}"
    assert other.get("/webhooks").json()["results"] == []
    for verb in ("ping", "rotate-secret", "enable", "disable"):
        assert other.post(f"{path}/{verb}").status_code == 404
        assert without.post(f"{path}/{verb}").status_code == 403
    assert other.get(f"{path}/deliveries").status_code == 404
    assert other.delete(path, If_Match='"v1"').status_code == 404
    for answer in (without.get("/webhooks"), without.post("/webhooks", HOOK), without.get(path)):
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "missing-scope")
    made(other)
    assert len(other.get("/webhooks").json()["results"]) == 1


def test_the_office_sees_all_and_makes_its_own(running: Cast, api: Api) -> None:
    made(api)

    def signed_in(person: Any) -> Api:
        client = Client(raise_request_exception=False)
        client.force_login(person)
        return Api(session=client)

    office = signed_in(running.office)
    own = made(office)
    assert (own["client"], own["created_by"]) == (None, "office@example.org")
    assert len(office.get("/webhooks").json()["results"]) == 2
    owner = signed_in(running.owner)
    assert owner.get("/webhooks").json()["results"] == []
    assert owner.post("/webhooks", HOOK).status_code == 403


def test_an_unknown_id_is_404(running: Cast, api: Api) -> None:
    path = f"/webhooks/{made(api)['id']}"
    for wrong in (
        "/webhooks/x",
        f"/webhooks/{running.roof.pk}",
        f"{path}/deliveries/x/replay",
        f"{path}/deliveries/{running.roof.pk}/replay",
    ):
        answer = api.post(wrong) if wrong.endswith("replay") else api.get(wrong)
        assert answer.status_code == 404
