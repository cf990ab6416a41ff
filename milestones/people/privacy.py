"""What is still in a leaver's hands, and how does a name leave the tables for good?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Left, Replace
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access, reasons
from milestones.actors import Actor
from milestones.changes import record, refs
from milestones.errors import Conflict, RuleBroken, StateConflict
from milestones.models import (
    Delegation,
    Extension,
    FirstPassword,
    ImportRow,
    MailKind,
    MailState,
    Milestone,
    Organisation,
    OutgoingMail,
    Party,
    Person,
    PlanState,
    ReportDraft,
    Role,
    RowOutcome,
    SignIn,
    StatusReport,
    Suppression,
)
from milestones.models.mail import WAITING_STATES
from milestones.models.status_reports import UNWRITTEN_STATES

DUTIES: dict[str, Promise] = {
    "milestones": gettext_lazy("open milestones"),
    "drafts": gettext_lazy("milestones of draft plans"),
    "organisations": gettext_lazy("organisations spoken for"),
    "parties": gettext_lazy("parts in open milestones"),
    "delegations": gettext_lazy("delegations as a deputy"),
    "reports": gettext_lazy("unfinished reports"),
    "extensions": gettext_lazy("extension requests without an answer"),
}
HANDED_OVER_FIRST = ("milestones", "organisations")  # or nobody would answer for them
PREFERENCES = ("language", "time_zone", "send_hour", "digest_frequency", "digest_muted", "muted_steps")
SAID_OF_ADDRESS = ("bouncing_since", "bounce_reply")  # a server's words repeat it
UNIT_LENGTH = 40
SIGN_IN = (EmailAddress, Authenticator, SocialAccount, UserSession)  # what allauth keeps of an account


class Anonymised(StateConflict):
    code = "anonymised"
    message = gettext_lazy("This person was anonymised; make a new account instead.")


class StillActive(StateConflict):
    code = "still_active"
    message = gettext_lazy("This person is active; deactivate the account first.")


def open_duties(person: Person, today: date) -> dict[str, QuerySet[Any]]:
    """What waits for this person, by kind (the keys of DUTIES); kinds with nothing in them are left out."""
    speaks = Q(head=person) | Q(supervising_leader=person) | Q(coordinator=person)
    open_ones = Milestone.objects.open()
    found: dict[str, QuerySet[Any]] = {
        "milestones": open_ones.in_active_plans().owned_by(person),
        "drafts": open_ones.owned_by(person).filter(plan__state=PlanState.DRAFT),
        "organisations": Organisation.objects.active().filter(speaks),
        "parties": Party.objects.filter(person=person, milestone__in=open_ones.in_active_plans()),
        "delegations": Delegation.objects.filter(deputy=person, ends_on__gte=today),
        "reports": StatusReport.objects.filter(author=person, state__in=UNWRITTEN_STATES),
        "extensions": Extension.objects.open().filter(requested_by=person),
    }
    return {kind: rows for kind, rows in found.items() if rows.exists()}


def check_handed_over(person: Person, kinds: Collection[str], today: date) -> None:
    """StateConflict, with what is open by kind, when the person has duties of one of these kinds."""
    duties = open_duties(person, today)
    if held := [kind for kind in kinds if kind in duties]:
        told = _(", ").join(f"{DUTIES[kind]} ({duties[kind].count()})" for kind in held)
        raise StateConflict(_("Hand these over first: %(duties)s.") % {"duties": told}, code="open_duties")


def anonymise(person: Person, *, reason: str, actor: Actor, now: datetime, version: int | None = None) -> None:
    """For good: name, address, password, preferences, sign-ins, external references and the mails' address and bodies
    go; what the person did stays under the id, and history keeps its role labels as it always did.

    Texts that anybody wrote (reports, comments, reasons) are not searched for names. Raises StillActive, Anonymised,
    StateConflict (duties in this person's hands, a mail just being sent), RuleBroken, Forbidden, Conflict.
    """
    record.expect(person, version)
    access.require(actor, "person.anonymise", person)
    _check(person, reason, now)
    name, email, sessions = person.display_name, person.email, list(_sessions(person))
    with record.writing(actor=actor, now=now):
        values = {**_nobody(person), "anonymised_at": now}
        how: dict[str, Any] = {"actor": actor, "now": now, "reason": reason, "quietly": {"last_login": None}}
        how["parts"] = {"external_refs": (refs.of_one(person), [])}
        record.update(person, values, verb="person.anonymise", allowed={"is_active": False}, **how)
        Session.objects.filter(pk__in=sessions).delete()
        for model in SIGN_IN:
            model._default_manager.filter(user=person).delete()
        SignIn.objects.filter(person=person).delete()
        FirstPassword.objects.filter(person=person).delete()
        ReportDraft.objects.filter(person=person).delete()
        refs.forget(person)
        _forget_mails(person, email, now)
        _forget_in_imports(name, email)
        _forget_name_in_mails(person, name, now)


def anonymise_leavers(*, actor: Actor, now: datetime) -> int:
    """Everybody deactivated more than ANONYMISE_AFTER_DAYS ago (0: nobody, ever); how many. Whoever still has duties
    stays until they are handed over."""
    days = settings.ANONYMISE_AFTER_DAYS
    if not days:
        return 0
    leavers = Person.objects.filter(
        is_active=False, anonymised_at__isnull=True, deactivated_at__lt=now - timedelta(days=days)
    )
    return sum(_one(person, days, actor, now) for person in leavers.order_by("deactivated_at", "pk"))


def _one(person: Person, days: int, actor: Actor, now: datetime) -> bool:
    reason = reasons.coded("left_long_ago", days=days)
    try:
        anonymise(person, reason=reason, actor=actor, now=now)
    except (StateConflict, Conflict):
        return False
    return True


def check_not_anonymised(person: Person) -> None:
    """An account without a name is nobody's any more."""
    if person.anonymised_at is not None:
        raise Anonymised


def _check(person: Person, reason: str, now: datetime) -> None:
    check_not_anonymised(person)
    if person.is_active:
        raise StillActive
    if not reason.strip():
        raise RuleBroken(_("A reason is needed; say why in a sentence."), field="reason", code="reason_missing")
    check_handed_over(person, HANDED_OVER_FIRST, now.date())
    if OutgoingMail.objects.filter(_to(person), state=MailState.SENDING).exists():
        message = _("A mail to this person is just being sent; try again in a few minutes.")
        raise StateConflict(message, code="sending")


def _nobody(person: Person) -> dict[str, Any]:
    """The columns of an account that was somebody's."""
    plain = {name: Person._meta.get_field(name).get_default() for name in (*PREFERENCES, *SAID_OF_ADDRESS)}  # type: ignore[union-attr]
    address = f"nobody-{person.pk.hex}@person.invalid"  # RFC 2606: no mail ever reaches it
    return {**plain, "display_name": _label(person), "email": address, "password": make_password(None)}


def _label(person: Person) -> str:
    """“former member of 金贸处 (owner)”, in the installation's language."""
    with translation.override(settings.LANGUAGE_CODE):
        roles = "/".join(str(Role(role).label) for role in sorted(person.roles))
        unit = str(person.organisation)[:UNIT_LENGTH] if person.organisation_id else ""
        words = _("former member of %(unit)s") % {"unit": unit} if unit else _("former member")
        return f"{words} ({roles})"[:80] if roles else words


def _sessions(person: Person) -> Iterator[str]:
    """The keys of this person's sessions; each has to be read, since the table does not know whose it is."""
    for session in Session.objects.iterator(chunk_size=500):
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            yield session.pk


def _to(person: Person) -> Q:
    return Q(recipient=person) | Q(recipient__isnull=True, to__iexact=person.email)


def _forget_mails(person: Person, old: str, now: datetime) -> None:
    """Address and bodies go, also where the server's words repeat the address; kind, subject, state and times stay."""
    mails = OutgoingMail.objects.filter(Q(recipient=person) | Q(recipient__isnull=True, to__iexact=old))
    mails.filter(state__in=WAITING_STATES).update(
        state=MailState.SUPPRESSED, server_reply=Suppression.PERSON_INACTIVE, lease_holder=""
    )
    mails.filter(body_dropped_at__isnull=True).update(text="", html="", body_dropped_at=now)
    mails.update(to=person.email, server_reply=Replace(F("server_reply"), Value(old), Value(person.email)))


def _forget_in_imports(*words: str) -> None:
    """What a file said of this person goes with all that its row said: that row cannot be undone any more."""
    texts = {f"_{name}": Cast(name, TextField()) for name in ("values", "changes", "errors")}
    holds = Q()
    for name in ("label", *texts):
        for word in words:
            holds |= Q(**{f"{name}__icontains": word})
    ImportRow.objects.alias(**texts).filter(holds).update(
        values={}, changes={}, errors=[], label="", outcome=RowOutcome.KEPT
    )


def _forget_name_in_mails(person: Person, name: str, now: datetime) -> None:
    """Mails about duties carry a name in their subject: who is stood in for, or taken over from."""
    mails = OutgoingMail.objects.filter(kind=MailKind.DUTIES, subject__contains=name)
    over = mails.exclude(state__in=WAITING_STATES).filter(body_dropped_at__isnull=True)
    over.update(text="", html="", body_dropped_at=now)
    longest = OutgoingMail._meta.get_field("subject").max_length or 0
    mails.update(subject=Left(Replace(F("subject"), Value(name), Value(person.display_name)), longest))
