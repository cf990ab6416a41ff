"""What is held on a person? One document, written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.models import (
    CalendarFeed,
    ChangeEntry,
    Comment,
    CommentMention,
    Delegation,
    Evidence,
    Extension,
    ExternalRef,
    GuardRefusal,
    HealthOverride,
    Milestone,
    Notice,
    Organisation,
    OutgoingMail,
    Party,
    Person,
    Reminder,
    ReportDraft,
    RoleGrant,
    SignIn,
    StatusReport,
    Watch,
)

CHUNK = 500
Rows = Iterable[Mapping[str, Any]]
Section = Callable[[Person], Rows]


def export(person: Person, *, actor: Actor, now: datetime) -> Iterator[str]:
    """Pieces of one JSON document: `about`, then a list for each kind of thing (the keys of SECTIONS).

    The office for anybody, everybody for themselves; Forbidden at once, before the first piece.
    """
    if actor.person != person:
        access.require(actor, "person.export", person)
    return _pieces(person, now)


def _pieces(person: Person, now: datetime) -> Iterator[str]:
    yield f'{{"about": {_text({"person": person.pk, "exported_at": now, "not_searched": NOT_SEARCHED})}'
    for name, rows in SECTIONS.items():
        yield f',\n"{name}": ['
        for number, row in enumerate(rows(person)):
            yield f"{',' if number else ''}\n {_text(row)}"
        yield "]"
    yield "}\n"


NOT_SEARCHED = "texts that others wrote are not searched for this person's name"


def _account(person: Person) -> Rows:
    columns = "email display_name language time_zone send_hour digest_frequency digest_muted muted_steps"
    instants = "is_active created_at updated_at deactivated_at anonymised_at last_login bouncing_since bounce_reply"
    told = {name: getattr(person, name) for name in f"{columns} {instants}".split()}
    unit = str(person.organisation) if person.organisation else None
    yield {**told, "organisation": unit, "has_password": person.has_usable_password()}


def _factors(person: Person) -> Rows:
    """When each came and was last used; never what it is."""
    return _plain(Authenticator.objects.filter(user=person).values("type", "created_at", "last_used_at"))


def _of(rows: QuerySet[Any], *columns: str, milestone: str = "milestone") -> Rows:
    """The columns, and the milestone as `plan/code`."""
    code = Concat(f"{milestone}__plan__code", Value("/"), f"{milestone}__code")
    return _plain(rows.annotate(_code=code).values(*columns, about_milestone=F("_code")))


def _plain(rows: Any) -> Rows:
    return rows.iterator(chunk_size=CHUNK)


def _milestones(rows: QuerySet[Milestone]) -> Rows:
    return _plain(rows.values("plan__code", "code", "title", "state", "due_on", "due_precision", "forecast_on"))


def _accountable_before(person: Person) -> Rows:
    """From history: when each milestone came to this person, and when it went."""
    pk = str(person.pk)
    held = Q(changes__accountable_id__0=pk) | Q(changes__accountable_id__1=pk)
    found = ChangeEntry.objects.filter(held, entity="milestone").order_by("id")
    for entry in found.iterator(chunk_size=CHUNK):
        became = "former" if entry.changes["accountable_id"][0] == pk else "accountable"
        yield {"milestone": entry.object_id, "at": entry.at, "verb": entry.verb, "became": became}


def _speaks_for(person: Person) -> Rows:
    for column in ("head", "supervising_leader", "coordinator"):
        for code in Organisation.objects.filter(**{column: person}).values_list("code", flat=True):
            yield {"organisation": code, "as": column}


def _mails(person: Person) -> Rows:
    columns = "kind to language day subject state created_at sent_at attempts server_reply text body_dropped_at"
    mails = OutgoingMail.objects.filter(Q(recipient=person) | Q(recipient__isnull=True, to__iexact=person.email))
    return _plain(mails.order_by("created_at", "id").values(*columns.split()))


def _acted(person: Person) -> Rows:
    columns = "id at entity object_id op verb reason changes actor_label client via"
    return _plain(ChangeEntry.objects.filter(actor_id=person.pk).order_by("id").values(*columns.split()))


def _history(person: Person) -> Rows:
    entries = ChangeEntry.objects.of(person).order_by("id")
    return _plain(entries.values("at", "verb", "reason", "changes", "actor_label", "via"))


def _reports(person: Person) -> Rows:
    columns = (
        "as_of progress forecast_on forecast_precision done obstacles help_needed state submitted_at on_behalf note"
    )
    return _of(StatusReport.objects.filter(author=person).order_by("id"), *columns.split())


def _extensions(person: Person) -> Rows:
    columns = "due_on due_precision reason progress late state requested_at decided_at note"
    return _of(Extension.objects.filter(requested_by=person).order_by("id"), *columns.split())


def _evidence(person: Person) -> Rows:
    columns = "title url file_name size sha256 media_type state created_at reason"
    return _of(Evidence.objects.filter(added_by=person).order_by("id"), *columns.split())


def _notices(person: Person) -> Rows:
    mine = Q(issued_by=person) | Q(signed_by=person) | Q(replied_by=person)
    for notice in Notice.objects.filter(mine).order_by("id").iterator(chunk_size=CHUNK):
        acts = {"issued": notice.issued_by_id, "signed": notice.signed_by_id, "replied": notice.replied_by_id}
        did = [act for act, by in acts.items() if by == person.pk]
        reply = notice.reply if "replied" in did else None
        yield {"notice": notice.label, "did": did, "signed_at": notice.signed_at, "reply": reply}


def _decisions(person: Person) -> Rows:
    decided: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("report", StatusReport.objects.filter(decided_by=person), "note"),
        ("extension", Extension.objects.filter(decided_by=person), "note"),
        ("evidence", Evidence.objects.filter(decided_by=person), "reason"),
    )
    for kind, rows, words in decided:
        for row in _of(rows.order_by("id"), "state", "decided_at", words):
            yield {"of": kind, **row}


SECTIONS: dict[str, Section] = {
    "account": _account,
    "addresses": lambda p: _plain(EmailAddress.objects.filter(user=p).values("email", "verified", "primary")),
    "second_factors": _factors,
    "single_sign_on": lambda p: _plain(SocialAccount.objects.filter(user=p).values("provider", "uid", "date_joined")),
    "sessions": lambda p: _plain(
        UserSession.objects.filter(user=p).values("created_at", "last_seen_at", "ip", "user_agent")
    ),
    "sign_ins": lambda p: _plain(
        SignIn.objects.filter(person=p).order_by("id").values("at", "happening", "method", "address", "agent")
    ),
    "external_refs": lambda p: _plain(
        ExternalRef.objects.filter(entity="person", object_id=p.pk).values("system", "external_id")
    ),
    "roles": lambda p: _plain(RoleGrant.objects.filter(person=p).order_by("granted_at").values("role", "granted_at")),
    "account_history": _history,
    "speaks_for": _speaks_for,
    "parties": lambda p: _of(Party.objects.filter(person=p).order_by("id"), "role", "organisation__code"),
    "accountable_now": lambda p: _milestones(Milestone.objects.owned_by(p)),
    "accountable_over_time": _accountable_before,
    "milestones_submitted": lambda p: _milestones(Milestone.objects.filter(submitted_by=p)),
    "milestones_verified": lambda p: _milestones(Milestone.objects.filter(verified_by=p)),
    "reports": _reports,
    "report_drafts": lambda p: _of(
        ReportDraft.objects.filter(person=p).order_by("id"), "as_of", "progress", "done", "obstacles", "help_needed"
    ),
    "extensions_requested": _extensions,
    "evidence_added": _evidence,
    "decisions": _decisions,
    "health_overrides": lambda p: _of(
        HealthOverride.objects.filter(given_by=p).order_by("id"), "health", "reason", "until", "withdrawn_at"
    ),
    "notices": _notices,
    "comments": lambda p: _of(
        Comment.objects.filter(author=p).order_by("id"), "text", "created_at", "withdrawn_at", "reason"
    ),
    "mentions": lambda p: _of(
        CommentMention.objects.filter(person=p).order_by("id"), "comment__created_at", milestone="comment__milestone"
    ),
    "watches": lambda p: _of(Watch.objects.filter(person=p).order_by("id"), "created_at"),
    "delegations_given": lambda p: _plain(
        Delegation.objects.filter(person=p).order_by("id").values("starts_on", "ends_on", "reason")
    ),
    "delegations_received": lambda p: _plain(
        Delegation.objects.filter(deputy=p).order_by("id").values("starts_on", "ends_on")
    ),
    "calendar_feeds": lambda p: _plain(
        CalendarFeed.objects.filter(person=p).order_by("id").values("plan__code", "created_at", "revoked_at")
    ),
    "mails": _mails,
    "reminders": lambda p: _of(
        Reminder.objects.filter(recipient=p).order_by("id"), "day", "step__code", "state", "reason", "updated_at"
    ),
    "changes_made": _acted,
    "texts_refused": lambda p: _plain(
        GuardRefusal.objects.filter(actor_id=p.pk).order_by("id").values("at", "entity", "field", "rule")
    ),
}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=record.plain)
