"""What is asked in each row of the permission table? Something that succeeds for whoever may do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from milestones.conversation import comments
from milestones.evidence import operations as evidence
from milestones.models import ApiClient, ExternalRef, Person, WebhookEndpoint
from milestones.notices import operations as notices
from milestones.planning import dependencies
from milestones.webhooks import operations as webhooks
from tests import cast as casting
from tests.api.test_milestones import NEW
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.extensions import cast as extensions
from tests.status_reports import cast as reports

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
Make = Callable[[Cast], Any]


@dataclass(frozen=True)
class Case:
    """`make` prepares the row that the address means, `body` is what is sent."""

    make: Make = lambda cast: None
    body: Any = None


def roof(state: str) -> Make:
    def make(cast: Cast) -> Any:
        casting.bring(cast, cast.roof, state)
        return cast.roof

    return make


def draft(cast: Cast) -> Any:
    """A milestone of a plan that is not active yet."""
    plan = casting.plan("p-2024", year=2024)
    return casting.milestone(plan, casting.workstream(plan), "FIN-01")


def known(entity: str, pick: Make) -> Make:
    """Under the name erp/1."""

    def make(cast: Cast) -> Any:
        found = pick(cast)
        ExternalRef.objects.create(system="erp", external_id="1", entity=entity, object_id=found.pk)
        return found

    return make


def tie(cast: Cast) -> Any:
    return dependencies.add(cast.school, cast.roof, actor=SYSTEM, now=NOW)


def proof(cast: Cast) -> Any:
    return evidence.attach_link(cast.roof, url="https://example.org/1", actor=acting(cast.owner), now=NOW)


def file(cast: Cast) -> Any:
    from io import BytesIO

    by = acting(cast.owner)
    return evidence.attach_file(cast.roof, file=BytesIO(PIXEL), file_name="roof.png", actor=by, now=NOW)


def comment(cast: Cast) -> Any:
    return comments.add(cast.roof, "好", actor=acting(cast.owner), now=NOW)


def notice(cast: Cast) -> Any:
    return notices.issue(cast.roof, level="blue", matter="加快", actor=acting(cast.office), now=NOW)


def reminder(cast: Cast) -> Any:
    from tests.api.test_reminders import planned

    return planned(cast.roof, cast.owner, NOW.date(), "before-7")


def hook(cast: Cast) -> WebhookEndpoint:
    """Of the client with the scope for it."""
    client = ApiClient.objects.get(name="webhooks")
    given = {"url": "https://93.184.216.34/hook", "events": ["*"]}
    return webhooks.create(given, client=client, actor=SYSTEM, now=NOW).endpoint


def off(cast: Cast) -> WebhookEndpoint:
    made = hook(cast)
    webhooks.disable(made, actor=SYSTEM, now=NOW)
    return made


def delivery(cast: Cast) -> Any:
    return webhooks.ping(hook(cast), actor=SYSTEM, now=NOW)


def someone(cast: Cast) -> Person:
    return cast.viewer


def empty_plan(cast: Cast) -> Any:
    return casting.plan("p-2024", year=2024)


def ready_plan(cast: Cast) -> Any:
    return draft(cast).plan


def stream(cast: Cast) -> Any:
    return casting.workstream(casting.plan("p-2024", year=2024))


def drafted_target(cast: Cast) -> Any:
    plan = casting.plan("p-2024", year=2024)
    return casting.target(plan, casting.workstream(plan))


PLAN = {"code": "p-2025", "title": "2025", "year": 2025, "starts_on": "2025-01-01", "ends_on": "2025-12-31"}
DONE = {"actual": {"on": "2023-11-20"}, "statement": "封顶", "evidence": [{"url": "https://example.org/1"}]}
TARGET = {"plan": "p-2023", "code": "T9", "name": "增长", "unit": "%", "measure": "stock", "value": "1"}
REPORT = {"milestone": "p-2023/FIN-01", "as_of": "2023-11-30", "progress": 50}
LATER = {"on": "2024-03-31", "precision": "quarter"}
WHY: dict[str, Any] = {"reason": "改期"}
UNIT, PERSON = {"code": "NEW", "name": "新单位"}, {"email": "new@example.org", "display_name": "新人"}

# fmt: off
CASES: dict[str, Case] = {
    "GET /me": Case(),
    "GET /changes": Case(),
    "GET /plans": Case(),
    "POST /plans": Case(body=PLAN),
    "GET /plans/{id}": Case(lambda cast: cast.plan),
    "GET /plans/{id} · a draft": Case(empty_plan),
    "PATCH /plans/{id}": Case(lambda cast: cast.plan, {"title": "新"}),
    "DELETE /plans/{id} · a draft": Case(empty_plan),
    "DELETE /plans/{id}": Case(lambda cast: cast.plan),
    "POST /plans/{id}/activate": Case(ready_plan, {}),
    "POST /plans/{id}/close": Case(lambda cast: cast.plan, WHY),
    "GET /workstreams": Case(),
    "POST /workstreams": Case(body={"plan": "p-2023", "code": "GOV", "title": "治理"}),
    "GET /workstreams/{id}": Case(lambda cast: cast.stream),
    "PATCH /workstreams/{id}": Case(lambda cast: cast.stream, {"title": "新"}),
    "DELETE /workstreams/{id} · of a draft": Case(stream),
    "DELETE /workstreams/{id}": Case(lambda cast: cast.stream),
    "GET /milestones": Case(),
    "POST /milestones": Case(body={**NEW, "lead": "FTB"}),
    "POST /milestones/batch": Case(body=[{**NEW, "lead": "FTB", "ref": {"system": "erp", "id": "1"}}]),
    "GET /milestones/{id}": Case(lambda cast: cast.roof),
    "GET /milestones/{id} · of a draft": Case(draft),
    "PATCH /milestones/{id}": Case(lambda cast: cast.roof, {"stage": "封顶"}),
    "PATCH /milestones/{id} · another date": Case(lambda cast: cast.roof, {"due": LATER, **WHY}),
    "PATCH /milestones/{id} · a forecast": Case(lambda cast: cast.roof, {"forecast": LATER, **WHY}),
    "DELETE /milestones/{id} · of a draft": Case(draft),
    "DELETE /milestones/{id}": Case(lambda cast: cast.roof),
    "GET /milestones/by-ref/{system}/{external_id}": Case(known("milestone", roof("planned"))),
    "PUT /milestones/by-ref/{system}/{external_id}": Case(known("milestone", roof("planned")), {"stage": "封顶"}),
    "PUT /milestones/by-ref/{system}/{external_id} · a new one": Case(body={**NEW, "lead": "FTB"}),
    "DELETE /milestones/by-ref/{system}/{external_id}": Case(known("milestone", roof("planned"))),
    "POST /milestones/{id}/start": Case(lambda cast: cast.roof, {}),
    "POST /milestones/{id}/submit": Case(lambda cast: cast.roof, DONE),
    "POST /milestones/{id}/verify": Case(roof("submitted"), {}),
    "POST /milestones/{id}/return": Case(roof("submitted"), WHY),
    "POST /milestones/{id}/reopen": Case(roof("completed"), WHY),
    "POST /milestones/{id}/cancel": Case(lambda cast: cast.roof, WHY),
    "GET /targets": Case(),
    "POST /targets": Case(body=TARGET),
    "GET /targets/{id}": Case(lambda cast: cast.target),
    "GET /targets/{id}/pace": Case(lambda cast: cast.target),
    "PATCH /targets/{id}": Case(lambda cast: cast.target, {"name": "新"}),
    "DELETE /targets/{id} · of a draft": Case(drafted_target),
    "DELETE /targets/{id}": Case(lambda cast: cast.target),
    "GET /targets/by-ref/{system}/{external_id}": Case(known("target", lambda cast: cast.target)),
    "PUT /targets/by-ref/{system}/{external_id}": Case(known("target", lambda cast: cast.target), {"name": "新"}),
    "DELETE /targets/by-ref/{system}/{external_id}": Case(known("target", lambda cast: cast.target)),
    "GET /readings": Case(),
    "POST /readings": Case(body={"target": "p-2023/T1", "as_of": "2023-10-31", "value": "1.5", "source": "统计局"}),
    "GET /readings/{id}": Case(lambda cast: casting.read(cast.target)),
    "DELETE /readings/{id}": Case(lambda cast: casting.read(cast.target)),
    "GET /organisations": Case(),
    "POST /organisations": Case(body=UNIT),
    "GET /organisations/{id}": Case(lambda cast: cast.bureau),
    "PATCH /organisations/{id}": Case(lambda cast: cast.bureau, {"short_name": "新"}),
    "DELETE /organisations/{id}": Case(lambda cast: cast.bureau),
    "GET /organisations/by-ref/{system}/{external_id}": Case(known("organisation", lambda cast: cast.bureau)),
    "PUT /organisations/by-ref/{system}/{external_id}": Case(body=UNIT),
    "DELETE /organisations/by-ref/{system}/{external_id}": Case(known("organisation", lambda cast: cast.bureau)),
    "GET /people": Case(),
    "POST /people": Case(body=PERSON),
    "GET /people/{id}": Case(someone),
    "PATCH /people/{id}": Case(someone, {"display_name": "新"}),
    "DELETE /people/{id}": Case(someone),
    "GET /people/by-ref/{system}/{external_id}": Case(known("person", someone)),
    "PUT /people/by-ref/{system}/{external_id}": Case(body=PERSON),
    "DELETE /people/by-ref/{system}/{external_id}": Case(known("person", someone)),
    "GET /dependencies": Case(),
    "POST /dependencies": Case(body={"predecessor": "p-2023/FIN-02", "successor": "p-2023/FIN-01"}),
    "GET /dependencies/{id}": Case(tie),
    "PATCH /dependencies/{id}": Case(tie, {"lag": 3}),
    "DELETE /dependencies/{id}": Case(tie),
    "GET /status-reports": Case(),
    "POST /status-reports": Case(body=REPORT),
    "GET /status-reports/{id}": Case(lambda cast: reports.bring(cast, "draft")),
    "PATCH /status-reports/{id}": Case(lambda cast: reports.bring(cast, "draft"), {"progress": 60}),
    "DELETE /status-reports/{id}": Case(lambda cast: reports.bring(cast, "draft")),
    "POST /status-reports/{id}/submit": Case(lambda cast: reports.bring(cast, "draft"), {}),
    "POST /status-reports/{id}/accept": Case(lambda cast: reports.bring(cast, "submitted"), {}),
    "POST /status-reports/{id}/return": Case(lambda cast: reports.bring(cast, "submitted"), {"note": "缺数据"}),
    "GET /extensions": Case(),
    "POST /extensions": Case(body={"milestone": "p-2023/FIN-01", "due": LATER, "reason": "台风"}),
    "GET /extensions/{id}": Case(lambda cast: extensions.bring(cast, "requested")),
    "DELETE /extensions/{id}": Case(lambda cast: extensions.bring(cast, "requested")),
    "POST /extensions/{id}/approve": Case(lambda cast: extensions.bring(extensions.supervised(cast), "requested"), {}),
    "POST /extensions/{id}/decline": Case(
        lambda cast: extensions.bring(extensions.supervised(cast), "requested"), {"note": "不行"}
    ),
    "POST /extensions/{id}/withdraw": Case(lambda cast: extensions.bring(cast, "requested"), {}),
    "GET /evidence": Case(),
    "POST /evidence": Case(body={"milestone": "p-2023/FIN-01", "url": "https://example.org/2"}),
    "GET /evidence/{id}": Case(proof),
    "GET /evidence/{id}/file": Case(file),
    "DELETE /evidence/{id}": Case(proof),
    "POST /evidence/{id}/verify": Case(proof, {}),
    "POST /evidence/{id}/reject": Case(proof, WHY),
    "POST /evidence/{id}/withdraw": Case(proof, WHY),
    "GET /comments": Case(),
    "POST /comments": Case(body={"milestone": "p-2023/FIN-01", "text": "好"}),
    "GET /comments/{id}": Case(comment),
    "DELETE /comments/{id}": Case(comment),
    "POST /comments/{id}/withdraw": Case(comment, WHY),
    "GET /reminders": Case(),
    "GET /reminders/{id}": Case(reminder),
    "GET /notices": Case(),
    "GET /notices/{id}": Case(notice),
    "GET /webhooks": Case(),
    "POST /webhooks": Case(body={"url": "https://93.184.216.34/other"}),
    "GET /webhooks/{id}": Case(hook),
    "PATCH /webhooks/{id}": Case(hook, {"description": "新"}),
    "DELETE /webhooks/{id}": Case(hook),
    "GET /webhooks/{id}/deliveries": Case(hook),
    "POST /webhooks/{id}/deliveries/{delivery}/replay": Case(delivery, {}),
    "POST /webhooks/{id}/enable": Case(off, {}),
    "POST /webhooks/{id}/disable": Case(hook, {}),
    "POST /webhooks/{id}/ping": Case(hook, {}),
    "POST /webhooks/{id}/replay-failed": Case(hook, {"since": "2023-01-01T00:00:00+08:00"}),
    "POST /webhooks/{id}/rotate-secret": Case(hook, {}),
}
# fmt: on
