"""Which addresses does the API have? Both `…/milestones` and `…/milestones/` answer."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, re_path

from . import (
    batch,
    changes,
    comments,
    dependencies,
    evidence,
    extensions,
    me,
    milestones,
    notices,
    organisations,
    people,
    plans,
    readings,
    reminders,
    status_reports,
    targets,
    webhooks,
    workstreams,
)

ID = "(?P<pk>[^/]+)"
COLLECTION = {"get": "list", "post": "create"}
SYSTEM, EXTERNAL_ID = "(?P<system>[^/]+)", "(?P<external_id>(?s:.+?))"
OBJECT = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}


def at(path: str, view: Any, name: str, **methods: str) -> URLPattern:
    return re_path(rf"^{path}/?$", view.as_view(methods), name=f"api-{name}")


def resource(noun: str, view: Any) -> list[URLPattern]:
    """List and object, with those methods that the view has."""

    def only(methods: dict[str, str]) -> dict[str, str]:
        return {method: action for method, action in methods.items() if hasattr(view, action)}

    return [at(noun, view, noun, **only(COLLECTION)), at(f"{noun}/{ID}", view, f"{noun}-one", **only(OBJECT))]


def verbs(noun: str, view: Any, *names: str) -> list[URLPattern]:
    """POST …/{id}/{verb}; the method of `return` is called `return_`."""

    def method(name: str) -> str:
        action = name.replace("-", "_")
        return action if hasattr(view, action) else f"{action}_"

    return [at(f"{noun}/{ID}/{name}", view, f"{noun}-{name}", post=method(name)) for name in names]


def by_ref(noun: str, view: Any) -> URLPattern:
    """The same objects under the names that other systems have for them."""
    methods = {"get": "retrieve_by_ref", "put": "upsert", "delete": "remove_ref"}
    return re_path(rf"^{noun}/by-ref/{SYSTEM}/{EXTERNAL_ID}/?\Z", view.as_view(methods), name=f"api-{noun}-by-ref")


urlpatterns = [
    at("me", me.Me, "me", get="list"),
    at("changes", changes.Changes, "changes", get="list"),
    *verbs("milestones", milestones.Milestones, "start", "submit", "verify", "return", "reopen", "cancel"),
    at("milestones/batch", batch.Batch, "milestones-batch", post="create"),
    by_ref("milestones", milestones.Milestones),
    *resource("milestones", milestones.Milestones),
    *verbs("plans", plans.Plans, "activate", "close"),
    *resource("plans", plans.Plans),
    *resource("workstreams", workstreams.Workstreams),
    by_ref("organisations", organisations.Organisations),
    *resource("organisations", organisations.Organisations),
    by_ref("people", people.People),
    *resource("people", people.People),
    *resource("dependencies", dependencies.Dependencies),
    *verbs("comments", comments.Comments, "withdraw"),
    *resource("comments", comments.Comments),
    at(f"targets/{ID}/pace", targets.Targets, "targets-pace", get="pace"),
    by_ref("targets", targets.Targets),
    *resource("targets", targets.Targets),
    *resource("readings", readings.Readings),
    *verbs("status-reports", status_reports.StatusReports, "submit", "accept", "return"),
    *resource("status-reports", status_reports.StatusReports),
    *verbs("extensions", extensions.Extensions, "approve", "decline", "withdraw"),
    *resource("extensions", extensions.Extensions),
    at(f"evidence/{ID}/file", evidence.EvidencePieces, "evidence-file", get="file"),
    *verbs("evidence", evidence.EvidencePieces, "verify", "reject", "withdraw"),
    *resource("evidence", evidence.EvidencePieces),
    *resource("reminders", reminders.Reminders),
    *resource("notices", notices.Notices),
    *verbs("webhooks", webhooks.Webhooks, "ping", "rotate-secret", "enable", "disable", "replay-failed"),
    at(f"webhooks/{ID}/deliveries", webhooks.Webhooks, "webhooks-deliveries", get="deliveries"),
    at(f"webhooks/{ID}/deliveries/(?P<delivery>[^/]+)/replay", webhooks.Webhooks, "webhooks-replay", post="replay"),
    *resource("webhooks", webhooks.Webhooks),
]
