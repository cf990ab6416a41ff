"""How does each noun look, said once more in plain Python from the row's own attributes?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from milestones.models import ExternalRef


def expected(entity: str, obj: Any, *, people: bool) -> dict[str, Any]:
    """What the shape of `obj` has to be; `people` says whether addresses may be seen."""
    said = {"id": str(obj.pk), **OF[entity](obj, people)}
    if entity != "reminder":
        refs = ExternalRef.objects.filter(entity=entity, object_id=obj.pk).order_by("system", "external_id")
        said["version"] = obj.version
        said["external_refs"] = [{"system": ref.system, "id": ref.external_id} for ref in refs]
        said |= {"created_at": instant(obj.created_at), "updated_at": instant(obj.updated_at)}
    return said


def instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat()


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def decimal(value: Decimal | None) -> str | None:
    """Digits without an exponent; none after the point that say nothing."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fuzzy(obj: Any, name: str) -> dict[str, str] | None:
    on, precision = getattr(obj, f"{name}_on"), getattr(obj, f"{name}_precision")
    return None if on is None else {"on": on.isoformat(), "precision": precision}


def span(obj: Any) -> list[int] | None:
    return None if obj.source_start is None else [obj.source_start, obj.source_end]


def both(obj: Any, relation: str, said: Callable[[Any], Any]) -> dict[str, Any]:
    other = getattr(obj, relation)
    return {relation: other and said(other), f"{relation}_id": other and str(other.pk)}


def code(obj: Any, *relations: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for relation in relations:
        found |= both(obj, relation, lambda other: other.code)
    return found


def path(obj: Any, *relations: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for relation in relations:
        found |= both(obj, relation, lambda other: f"{other.plan.code}/{other.code}")
    return found


def person(obj: Any, people: bool, *relations: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for relation in relations:
        found |= both(obj, relation, lambda other: other.email if people else None)
    return found


def same(obj: Any, names: str) -> dict[str, Any]:
    return {name: getattr(obj, name) for name in names.split()}


def days(obj: Any, names: str) -> dict[str, Any]:
    return {name: day(getattr(obj, name)) for name in names.split()}


def instants(obj: Any, names: str) -> dict[str, Any]:
    return {name: instant(getattr(obj, name)) for name in names.split()}


def organisation(obj: Any, people: bool) -> dict[str, Any]:
    heads = person(obj, people, "head", "supervising_leader", "coordinator")
    return {**same(obj, "code name short_name kind"), "active": obj.is_active, **code(obj, "parent"), **heads}


def of_person(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **same(obj, "display_name language time_zone"),
        **code(obj, "organisation"),
        "email": obj.email if people else None,
        "active": obj.is_active,
        "roles": sorted(grant.role for grant in obj.grants.all()),
    }


def plan(obj: Any, people: bool) -> dict[str, Any]:
    cadence = same(obj, "report_cadence report_day weekly_from warning_days tolerance")
    return {
        **same(obj, "code title title_en year time_zone state source_document"),
        **cadence,
        **days(obj, "starts_on ends_on"),
        **instants(obj, "activated_at closed_at"),
    }


def workstream(obj: Any, people: bool) -> dict[str, Any]:
    return {**same(obj, "code title title_en position"), **code(obj, "plan", "lead")}


def milestone(obj: Any, people: bool) -> dict[str, Any]:
    parties = obj.parties.all()
    listed = [
        {"role": party.role, **code(party, "organisation"), **person(party, people, "person")} for party in parties
    ]
    return {
        **same(obj, "code title title_en kind stage description criterion weight state health health_reason statement"),
        **same(obj, "submitted_client verified_client"),
        **code(obj, "plan", "workstream", "lead", "parent"),
        **person(obj, people, "accountable", "submitted_by", "verified_by"),
        **path(obj, "carried_from"),
        **{name: fuzzy(obj, name) for name in ("baseline", "due", "forecast", "actual")},
        **instants(obj, "submitted_at verified_at"),
        "source_span": span(obj),
        "parties": sorted(listed, key=lambda one: (one["role"], one["organisation"])),
    }


def target(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **same(obj, "code name name_en unit measure bound"),
        **code(obj, "plan", "workstream", "lead"),
        "value": decimal(obj.value),
        "value_max": decimal(obj.value_max),
        "source_span": span(obj),
    }


def reading(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **same(obj, "source provisional recorded_by"),
        **path(obj, "target"),
        **days(obj, "as_of"),
        "value": decimal(obj.value),
        "revises": obj.revises and str(obj.revises.pk),
    }


def dependency(obj: Any, people: bool) -> dict[str, Any]:
    return {**path(obj, "predecessor", "successor"), **same(obj, "lag")}


def status_report(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **same(obj, "on_behalf progress done obstacles help_needed state note"),
        **path(obj, "milestone"),
        **person(obj, people, "author", "decided_by"),
        **days(obj, "as_of"),
        **instants(obj, "submitted_at decided_at"),
        "forecast": fuzzy(obj, "forecast"),
    }


def evidence(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **same(obj, "title file_name size sha256 media_type has_preview state reason"),
        **path(obj, "milestone"),
        **person(obj, people, "added_by", "decided_by"),
        **instants(obj, "decided_at"),
        "url": obj.url or None,
    }


def extension(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **same(obj, "reason progress late state requested_client on_behalf decided_client note"),
        **path(obj, "milestone"),
        **person(obj, people, "requested_by", "decided_by"),
        **days(obj, "decide_by"),
        **instants(obj, "requested_at decided_at"),
        "due": fuzzy(obj, "due"),
        "old": fuzzy(obj, "old"),
    }


def comment(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **path(obj, "milestone"),
        **person(obj, people, "author"),
        **same(obj, "reason"),
        **instants(obj, "withdrawn_at"),
        "text": "" if obj.withdrawn_at else obj.text,
    }


def notice(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **same(obj, "year level matter state reply reason"),
        **path(obj, "milestone"),
        **code(obj, "organisation"),
        **person(obj, people, "issued_by", "signed_by", "replied_by"),
        **days(obj, "issued_on respond_by"),
        **instants(obj, "signed_at replied_at cancelled_at"),
        "number": f"〔{obj.year}〕{obj.number}号",
        "serial": obj.number,
    }


def reminder(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **path(obj, "milestone"),
        **person(obj, people, "recipient"),
        **same(obj, "channel state reason occurrence due_version"),
        **days(obj, "day"),
        "step": obj.step.code,
        "version": 1
        + 8 * round((obj.updated_at - obj.planned_at) / timedelta(microseconds=1))
        + {"claimed": 1, "sent": 2, "suppressed": 3}.get(obj.state, 0),
        "external_refs": [],
        "created_at": instant(obj.planned_at),
        "updated_at": instant(obj.updated_at),
    }


def webhook(obj: Any, people: bool) -> dict[str, Any]:
    return {
        **same(obj, "url events description disabled_why"),
        **both(obj, "client", lambda client: client.name),
        **person(obj, people, "created_by"),
        "active": obj.is_active,
        "previous_secret_until": instant(obj.previous_until),
    }


OF: dict[str, Callable[[Any, bool], dict[str, Any]]] = {
    "organisation": organisation,
    "person": of_person,
    "plan": plan,
    "workstream": workstream,
    "milestone": milestone,
    "target": target,
    "reading": reading,
    "dependency": dependency,
    "status_report": status_report,
    "evidence": evidence,
    "extension": extension,
    "comment": comment,
    "notice": notice,
    "reminder": reminder,
    "webhook": webhook,
}
