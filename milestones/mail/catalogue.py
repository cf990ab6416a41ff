"""Which e-mails exist? One function each; all but the digest, which `milestones.reminders` composes, stand here.

Each returns an unsaved outbox row, so that a verb can render before its transaction and store within it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from milestones import access, links, urlguard
from milestones.models import (
    ApiClient,
    Comment,
    Delegation,
    Extension,
    ExtensionState,
    MailKind,
    Milestone,
    Notice,
    Organisation,
    OutgoingMail,
    Party,
    PartyRole,
    Person,
    StatusReport,
    Target,
    WebhookEndpoint,
)
from milestones.workdays.periods import FuzzyDate

from .render import letter, milestone_url, notice_url, plan_url

QUOTED = 600  # of a text that its page holds in full
SHOWN = 30  # of a list; the rest is counted


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that is expected by the end of `deadline`; `last` is the day of the last one, None without any. `stead`
    is who should give it, when the reader only stands in for them."""

    milestone: Milestone
    deadline: date
    last: date | None
    stead: Person | None = None


@dataclass(frozen=True, slots=True)
class WantedReading:
    """Readings of these months are missing, the last one expected by the end of `deadline`; `last` is the day of the
    last reading, None without any, `stead` as above."""

    target: Target
    months: Sequence[date]
    deadline: date
    last: date | None
    stead: Person | None = None


@dataclass(frozen=True)
class HandedOver:
    """What somebody takes over: milestones, parties, organisations with the roles (lazy words: they are said in the
    reader's language), delegations as deputy, and how many extension requests wait for a decision."""

    milestones: Sequence[Milestone] = ()
    parties: Sequence[Party] = ()
    units: Sequence[tuple[Organisation, Sequence[Any]]] = ()
    delegations: Sequence[Delegation] = ()
    decisions: int = 0


def duties(person: Person, milestones: Sequence[Milestone], *, reason: str, now: datetime) -> OutgoingMail:
    """You are now accountable for these; one mail however many they are."""
    ordered = sorted(milestones, key=lambda m: (m.due_on, m.code))
    context = {
        "items": [_to_act_on(m) for m in ordered[:SHOWN]],
        "count": len(ordered),
        "more": len(ordered[SHOWN:]),
        "reason": reason,
    }
    return letter(
        MailKind.DUTIES,
        person,
        context,
        now=now,
        milestone=ordered[0] if len(ordered) == 1 else None,
    )


def rescheduled(person: Person, milestone: Milestone, old: FuzzyDate, *, reason: str, now: datetime) -> OutgoingMail:
    """The commitment moved from `old` to the milestone's present due."""
    context = {
        "item": _item(milestone),
        "old": old,
        "new": milestone.due,
        "reason": reason,
    }
    return letter(MailKind.RESCHEDULED, person, context, now=now, milestone=milestone)


def rescheduled_all(
    person: Person, moves: Sequence[tuple[Milestone, FuzzyDate]], *, reason: str, now: datetime
) -> OutgoingMail:
    """Several commitments moved at once, each from its old date; one mail however many they are."""
    if len(moves) == 1:
        return rescheduled(person, *moves[0], reason=reason, now=now)
    ordered = sorted(moves, key=lambda move: (move[0].due_on, move[0].code))
    context = {
        "items": [{**_item(milestone), "old": old} for milestone, old in ordered[:SHOWN]],
        "count": len(ordered),
        "more": len(ordered[SHOWN:]),
        "reason": reason,
    }
    return letter(MailKind.RESCHEDULED, person, context, now=now, template="rescheduled_all")


def submitted(person: Person, milestone: Milestone, actual: FuzzyDate, *, now: datetime) -> OutgoingMail:
    """To the office: a milestone was submitted and waits for a second person."""
    return letter(
        MailKind.SUBMITTED,
        person,
        {"item": _item(milestone), "actual": actual},
        now=now,
        milestone=milestone,
    )


def verified(person: Person, milestone: Milestone, *, now: datetime) -> OutgoingMail:
    return letter(
        MailKind.VERIFIED,
        person,
        {"item": _item(milestone)},
        now=now,
        milestone=milestone,
    )


def returned(person: Person, milestone: Milestone, *, reason: str, now: datetime) -> OutgoingMail:
    context = {"item": _item(milestone), "reason": reason}
    return letter(MailKind.RETURNED, person, context, now=now, milestone=milestone)


def report_due(person: Person, wanted: Sequence[Wanted], day: date, *, now: datetime) -> OutgoingMail:
    """On `day` these reports are expected, soonest first; one mail however many they are."""
    shown = [
        {**_to_act_on(one.milestone), "deadline": one.deadline, "last": one.last, "stead": one.stead}
        for one in wanted[:SHOWN]
    ]
    context = _list(shown, len(wanted), day) | {"stood_in": sum(one.stead is not None for one in wanted)}
    return letter(MailKind.REPORT_DUE, person, context, now=now, milestone=_the_only([one.milestone for one in wanted]))


def reading_due(person: Person, wanted: Sequence[WantedReading], day: date, *, now: datetime) -> OutgoingMail:
    """On `day` readings of these targets are expected; one mail however many they are."""
    shown = [
        {
            "code": one.target.code,
            "name": one.target.name,
            "name_en": one.target.name_en,
            "plan": one.target.plan,
            "url": plan_url(one.target.plan.code),
            "months": one.months,
            "deadline": one.deadline,
            "last": one.last,
            "stead": one.stead,
        }
        for one in wanted[:SHOWN]
    ]
    context = _list(shown, len(wanted), day) | {"stood_in": sum(one.stead is not None for one in wanted)}
    return letter(MailKind.READING_DUE, person, context, now=now)


def report_returned(person: Person, report: StatusReport, *, now: datetime) -> OutgoingMail:
    """To its author: a report came back, with the note of who read it."""
    context = {"item": _item(report.milestone), "as_of": report.as_of, "note": report.note}
    return letter(MailKind.REPORT_BACK, person, context, now=now, milestone=report.milestone)


def extension_asked(person: Person, extension: Extension, *, now: datetime) -> OutgoingMail:
    """To who decides: a later date is asked for."""
    return letter(MailKind.EXTENSION, person, _extension(extension), now=now, milestone=extension.milestone)


def decision_due(
    person: Person,
    extensions: Sequence[Extension],
    day: date,
    *,
    now: datetime,
    steads: Mapping[Any, Person | None] | None = None,
) -> OutgoingMail:
    """To who decides: on `day` the time to answer these is about to end, or has ended. `steads` has, by extension, for
    whom the reader stands in."""
    stead = steads or {}
    shown = [{**_extension(one), "over": one.decide_by < day, "stead": stead.get(one.pk)} for one in extensions[:SHOWN]]
    context = _list(shown, len(extensions), day)
    context["stood_in"] = sum(stead.get(one.pk) is not None for one in extensions)
    only = _the_only([one.milestone for one in extensions])
    return letter(MailKind.DECISION_DUE, person, context, now=now, milestone=only)


def extension_decided(person: Person, extension: Extension, *, now: datetime) -> OutgoingMail:
    """To who asked and to the owner: approved, declined or withdrawn, as the extension's state says."""
    context = _extension(extension) | {"state": str(extension.state), "note": extension.note}
    if extension.state == ExtensionState.APPROVED:
        context["item"] = context["item"] | {"due": extension.due}
    return letter(MailKind.DECIDED, person, context, now=now, milestone=extension.milestone)


def notice(
    person: Person,
    notice: Notice,
    *,
    number: object,
    respond_days: int,
    overdue_days: int,
    now: datetime,
    stands_in_for: str = "",
    speaks: bool = True,
) -> OutgoingMail:
    """督办单: a numbered notice to the organisation that this person speaks for, perhaps in the stead of whoever is
    away, or, unless `speaks`, to somebody who is to know. `number` may be a stand-in until the notice has got its own;
    the days are working days."""
    context = _notice(notice, number) | {"respond_days": respond_days, "overdue_days": overdue_days}
    context |= {"stands_in_for": stands_in_for, "speaks": speaks}
    context["sign_url"] = links.placeholder("sign", notice.pk) if speaks else ""
    return _of_notice(notice, "notice", person, context, now)


def notice_replied(person: Person, notice: Notice, reply: str, *, now: datetime) -> OutgoingMail:
    """To the office: the organisation answered."""
    context = _notice(notice, notice.number) | {"quote": _cut(reply)}
    return _of_notice(notice, "notice_replied", person, context, now)


def notice_cancelled(person: Person, notice: Notice, reason: str, *, now: datetime) -> OutgoingMail:
    """To whoever was told of it: it need not be answered any more."""
    context = _notice(notice, notice.number) | {"reason": reason}
    return _of_notice(notice, "notice_cancelled", person, context, now)


def mentioned(person: Person, comment: Comment, *, now: datetime) -> OutgoingMail:
    """Somebody named this person in a comment; only for people who read the milestone's inner matters."""
    context = {"item": _item(comment.milestone), "author": comment.author, "quote": _cut(comment.text)}
    return letter(MailKind.MENTIONED, person, context, now=now, milestone=comment.milestone)


def watched(person: Person, milestone: Milestone, news: str, *, now: datetime, **told: Any) -> OutgoingMail:
    """News of a milestone that this person watches: `news` names the sentence in `emails/news.txt`, `told` fills it
    (`old` and `new` date, `owner`, `actual`, `reason`, `quote`)."""
    nothing: dict[str, Any] = {"old": None, "new": None, "owner": None, "actual": None, "reason": "", "quote": ""}
    context = {**nothing, **told, "item": _item(milestone), "news": news}
    context["quote"] = _cut(context["quote"])
    return letter(MailKind.WATCHED, person, context, now=now, milestone=milestone)


def deputy(delegation: Delegation, *, now: datetime) -> OutgoingMail:
    """To the deputy: from when to when, for whom."""
    return letter(MailKind.DUTIES, delegation.deputy, {"delegation": delegation}, now=now, template="deputy")


def handed_over(person: Person, left: Person, duties: HandedOver, *, reason: str, now: datetime) -> OutgoingMail:
    """All that is this person's now and was `left`'s: one mail, however much it is."""
    context = {
        "left": left,
        "items": [_item(m) for m in sorted(duties.milestones, key=lambda m: (m.due_on, m.code))],
        "parties": [
            {"role": PartyRole(party.role).label, "unit": party.organisation, "item": _item(party.milestone)}
            for party in duties.parties
        ],
        "units": [{"unit": unit, "roles": roles} for unit, roles in duties.units],
        "decisions": duties.decisions,
        "delegations": duties.delegations,
        "reason": reason,
    }
    return letter(MailKind.DUTIES, person, context, now=now, template="handed_over")


def invitation(person: Person, *, now: datetime) -> OutgoingMail:
    context = {
        "password_url": links.placeholder("password"),
        "days": links.LIFE["password"].days,
    }
    return letter(MailKind.INVITATION, person, context, now=now)


def password_reset(person: Person, *, now: datetime) -> OutgoingMail:
    context = {"password_url": links.placeholder("reset"), "hours": 24}
    return letter(MailKind.PASSWORD_RESET, person, context, now=now)


def test(person: Person, *, now: datetime) -> OutgoingMail:
    """Shows that mail leaves this installation; its row then holds the server's own words."""
    return letter(MailKind.TEST, person, {"at": now}, now=now)


def client_silent(
    person: Person,
    client: ApiClient,
    *,
    last_pull: datetime | None,
    behind: int,
    errors: Mapping[int, int],
    now: datetime,
) -> OutgoingMail:
    """It promised to fetch changes more often. `behind` counts those that wait for it; `errors` maps a status to how
    often it was answered in the last day."""
    page = f"{settings.BASE_URL}/admin/milestones/apiclient/{client.pk}/change/"
    context = {
        "name": client.name,
        "last_pull": last_pull,
        "minutes": client.expected_every,
        "behind": behind,
        "errors": ", ".join(f"{status} × {count}" for status, count in sorted(errors.items())),
        "is_owner": client.owner_id == person.pk,
        "url": page if access.may_enter_admin(person) else "",
    }
    return letter(MailKind.CLIENT_SILENT, person, context, now=now)


def webhook_off(person: Person, endpoint: WebhookEndpoint, *, why: str, now: datetime) -> OutgoingMail:
    """Changes are not told to this address any more: its receiver said that it is `gone`, or it has been `failing`."""
    target = urlguard.read(endpoint.url)
    context = {
        "name": endpoint.description or target.host,
        "host": target.authority,  # the rest of the address may be a secret
        "client": endpoint.client.name if endpoint.client else "",
        "is_gone": why == "gone",
        "since": endpoint.failing_since or now,
        "now": now,
        "url": f"{settings.BASE_URL}/admin/milestones/webhookendpoint/{endpoint.pk}/change/",
        "may_open": access.may_enter_admin(person),
        "path": f"/api/v1/webhooks/{endpoint.pk}/enable",
    }
    return letter(MailKind.WEBHOOK_OFF, person, context, now=now)


def _item(milestone: Milestone) -> dict[str, Any]:
    return {
        "code": milestone.code,
        "title": milestone.title,
        "title_en": milestone.title_en,
        "plan": milestone.plan,
        "due": milestone.due,
        "url": milestone_url(milestone.plan.code, milestone.code),
    }


def _of_notice(notice: Notice, template: str, person: Person, context: dict[str, Any], now: datetime) -> OutgoingMail:
    mail = letter(MailKind.NOTICE, person, context, now=now, milestone=notice.milestone, template=template)
    mail.notice = notice
    return mail


def _to_act_on(milestone: Milestone) -> dict[str, Any]:
    """With the link on which its reader reports on it; of a draft nothing is reported yet."""
    is_open = milestone.plan.is_active and milestone.is_open
    return _item(milestone) | {"report_url": links.placeholder("report", milestone.pk) if is_open else ""}


def _notice(notice: Notice, number: object) -> dict[str, Any]:
    milestone = notice.milestone
    return {
        "notice": notice,
        "number": number,
        "item": _item(milestone) | {"baseline": milestone.baseline, "forecast": milestone.forecast},
        "url": notice_url(notice),
    }


def _extension(extension: Extension) -> dict[str, Any]:
    return {
        "item": _item(extension.milestone),
        "old": extension.old,
        "new": extension.due,
        "reason": extension.reason,
        "progress": extension.progress,
        "asked_late": extension.late,
        "decide_by": extension.decide_by,
    }


def _list(shown: Sequence[Any], count: int, day: date) -> dict[str, Any]:
    return {"items": shown, "count": count, "more": count - len(shown), "day": day}


def _the_only(milestones: Sequence[Milestone]) -> Milestone | None:
    """What a mail that lists one thing is about."""
    return milestones[0] if len(milestones) == 1 else None


def _cut(text: str) -> str:
    return text if len(text) <= QUOTED else text[:QUOTED].rstrip() + "…"
