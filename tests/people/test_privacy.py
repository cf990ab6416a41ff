"""Does a leaver's name leave every table, and does everything that happened stay?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import translation

from milestones.changes import verifying
from milestones.changes.publish import publish_all
from milestones.errors import Conflict, Forbidden, RuleBroken, StateConflict
from milestones.mail import catalogue
from milestones.models import ChangeEntry, Delegation, ExternalRef, MailState, OutgoingMail, Person
from milestones.people import operations as people
from milestones.people import organisations, privacy
from milestones.planning import operations
from tests import cast as casting
from tests.cast import JUNE, LATER, NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

NAME, EMAIL = "赵大勇", "zhao.dayong@example.org"
MUCH_LATER = LATER + timedelta(days=400)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def leaver(running: Cast) -> Person:
    """Acted, was written to, signed in; handed over and left."""
    c = running
    one = casting.person("leaver", "owner", organisation=c.bureau, language="en")
    people.edit(one, {"display_name": NAME, "email": EMAIL}, actor=SYSTEM, now=NOW)
    operations.hand_over([c.roof], one, reason="调岗", actor=acting(c.office), now=NOW)
    operations.forecast(c.roof, JUNE, reason="快", actor=acting(one), now=NOW)
    operations.hand_over([c.roof], c.other, reason="离职", actor=acting(c.office), now=NOW)
    mail = catalogue.invitation(one, now=NOW)
    mail.state, mail.sent_at, mail.server_reply = MailState.SENT, NOW, f"250 accepted for {EMAIL}"
    mail.save(force_insert=True)
    days: Any = {"starts_on": NOW.date(), "ends_on": NOW.date()}
    stands_in = Delegation(person=one, deputy=c.other, **days, created_at=NOW, updated_at=NOW)
    mail = catalogue.deputy(stands_in, now=NOW)
    mail.state = MailState.SENT
    mail.save(force_insert=True)
    people.set_password(one, "一二三四五六七八九十", actor=SYSTEM, now=NOW)
    EmailAddress.objects.create(user=one, email=EMAIL, verified=True, primary=True)
    people.edit(one, {}, refs=[("oa", "4711")], actor=SYSTEM, now=NOW)
    operations.change(c.roof, {}, refs=[("oa", "1")], actor=SYSTEM, now=NOW)
    _sign_in(one)
    _sign_in(c.office)
    Person.objects.filter(pk=one.pk).update(last_login=NOW)
    people.deactivate(one, actor=acting(c.office), now=LATER)
    one.refresh_from_db()
    return one


def _sign_in(person: Person) -> None:
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session.create()


def anonymise(person: Person, by: Any = SYSTEM, **how: Any) -> None:
    privacy.anonymise(person, **{"reason": "本人申请", "actor": by, "now": MUCH_LATER, **how})


def everything() -> str:
    """Every text of every row of every table, sessions apart, which are encoded."""
    rows = (row for model in apps.get_models() if model is not Session for row in model._default_manager.values_list())
    return "\n".join(str(value) for row in rows for value in row)


def test_no_table_holds_the_name_or_the_address_any_more(leaver: Person) -> None:
    assert NAME in everything()
    assert EMAIL in everything()
    anonymise(leaver)
    assert NAME not in everything()
    assert "zhao" not in everything()


def test_a_neutral_label_takes_their_place(leaver: Person, settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    anonymise(leaver)
    leaver.refresh_from_db()
    assert leaver.display_name == "former member of 金贸处 (owner)"
    assert leaver.email == f"nobody-{leaver.pk.hex}@person.invalid"
    assert (leaver.has_usable_password(), leaver.last_login, leaver.language) == (False, None, "zh-hans")
    assert leaver.anonymised_at == MUCH_LATER


def test_one_entry_tells_it_masked(leaver: Person, running: Cast) -> None:
    before = ChangeEntry.objects.latest("id").id
    anonymise(leaver, acting(running.office))
    (entry,) = ChangeEntry.objects.filter(id__gt=before)
    assert (entry.verb, entry.op, entry.reason) == ("person.anonymise", "update", "本人申请")
    assert {"display_name", "email", "anonymised_at"} <= set(entry.changes)
    assert entry.changes["email"] == ["•••", "•••"]


def test_what_they_did_stays_under_the_role(leaver: Person, running: Cast) -> None:
    before = list(ChangeEntry.objects.order_by("id").values())
    anonymise(leaver)
    assert list(ChangeEntry.objects.order_by("id").values())[: len(before)] == before
    assert ChangeEntry.objects.filter(actor_id=leaver.pk, actor_label="金贸处 owner").exists()
    publish_all()
    assert list(verifying.faults()) == []


def test_mails_keep_kind_subject_state_and_the_servers_words_without_the_address(leaver: Person) -> None:
    before = {m.pk: (m.kind, m.subject, m.state, m.sent_at) for m in OutgoingMail.objects.filter(recipient=leaver)}
    anonymise(leaver)
    leaver.refresh_from_db()
    rows = list(OutgoingMail.objects.filter(recipient=leaver))
    assert len(rows) == 4  # two of them told that the address changed
    for row in rows:
        assert (row.text, row.html, row.body_dropped_at, row.to) == ("", "", MUCH_LATER, leaver.email)
        kind, subject, state, sent_at = before[row.pk]
        assert (row.kind, row.subject, row.sent_at) == (kind, subject, sent_at)
        assert row.state == (state if state == MailState.SENT else MailState.SUPPRESSED)
    assert {row.server_reply for row in rows} == {f"250 accepted for {leaver.email}", "person_inactive"}


def test_sessions_addresses_and_references_of_this_person_go_and_of_no_other(leaver: Person, running: Cast) -> None:
    anonymise(leaver)
    assert {s.get_decoded()["_auth_user_id"] for s in Session.objects.all()} == {str(running.office.pk)}
    assert not EmailAddress.objects.exists()
    assert [ref.entity for ref in ExternalRef.objects.all()] == ["milestone"]


def test_a_mail_about_the_person_loses_the_name(leaver: Person, running: Cast) -> None:
    mail = OutgoingMail.objects.get(recipient=running.other, subject__contains=NAME)
    anonymise(leaver)
    mail.refresh_from_db()
    leaver.refresh_from_db()
    assert leaver.display_name in mail.subject
    assert (mail.to, mail.state, mail.text, mail.html) == (running.other.email, MailState.SENT, "", "")


def test_mails_to_others_stay_as_they_are(leaver: Person, running: Cast) -> None:
    others = OutgoingMail.objects.exclude(recipient=leaver)
    before = list(others.values_list("pk", "to", "state"))
    anonymise(leaver)
    assert list(others.values_list("pk", "to", "state")) == before


def test_only_who_has_left_and_only_once(leaver: Person, running: Cast) -> None:
    with pytest.raises(privacy.StillActive, match="deactivate"):
        anonymise(running.viewer)
    with pytest.raises(RuleBroken) as missing:
        anonymise(leaver, reason=" ")
    assert missing.value.field == "reason"
    anonymise(leaver)
    for again in (anonymise, lambda one: people.reactivate(one, actor=SYSTEM, now=LATER)):
        with pytest.raises(privacy.Anonymised, match="new account"):
            again(leaver)
    with pytest.raises(privacy.Anonymised):
        people.edit(leaver, {"display_name": NAME}, actor=SYSTEM, now=LATER)


@pytest.mark.parametrize("role", ["coordinator", "owner", "leader", "viewer"])
def test_only_the_office_anonymises(leaver: Person, running: Cast, role: str) -> None:
    with pytest.raises(Forbidden):
        anonymise(leaver, acting(getattr(running, role)))


def test_somebody_who_looked_at_an_older_version_is_told(leaver: Person) -> None:
    with pytest.raises(Conflict):
        anonymise(leaver, version=leaver.version - 1)


def test_duties_by_kind_and_those_that_must_be_handed_over_first(running: Cast) -> None:
    c = running
    organisations.edit(c.harbour, {"coordinator": c.other}, actor=SYSTEM, now=NOW)
    draft = casting.plan("p-2024")
    casting.milestone(draft, casting.workstream(draft), "X-1", accountable=c.other)
    found = privacy.open_duties(c.other, NOW.date())
    assert {kind: rows.count() for kind, rows in found.items()} == {"milestones": 1, "drafts": 1, "organisations": 1}
    assert set(found) <= set(privacy.DUTIES)
    assert privacy.open_duties(c.viewer, NOW.date()) == {}
    Person.objects.filter(pk=c.other.pk).update(is_active=False)
    with pytest.raises(StateConflict, match="1") as refused:
        anonymise(Person.objects.get(pk=c.other.pk))
    assert refused.value.code == "open_duties"


def test_not_while_a_mail_is_being_sent(leaver: Person) -> None:
    OutgoingMail.objects.filter(recipient=leaver, state=MailState.QUEUED).update(state=MailState.SENDING)
    with pytest.raises(StateConflict, match="in a few minutes"):
        anonymise(leaver)


def test_leavers_are_anonymised_by_themselves_when_that_is_set(leaver: Person, running: Cast, settings: Any) -> None:
    settings.ANONYMISE_AFTER_DAYS = 0
    assert privacy.anonymise_leavers(actor=SYSTEM, now=MUCH_LATER) == 0
    settings.ANONYMISE_AFTER_DAYS = 365
    assert privacy.anonymise_leavers(actor=SYSTEM, now=LATER + timedelta(days=365)) == 0
    assert privacy.anonymise_leavers(actor=SYSTEM, now=LATER + timedelta(days=366)) == 1
    assert privacy.anonymise_leavers(actor=SYSTEM, now=MUCH_LATER) == 0
    entry = ChangeEntry.objects.of(leaver).latest("id")
    assert (entry.verb, entry.actor_label) == ("person.anonymise", "system")
    assert "365" in entry.reason


def test_a_leaver_with_duties_waits(running: Cast, settings: Any) -> None:
    settings.ANONYMISE_AFTER_DAYS = 1
    Person.objects.filter(pk=running.other.pk).update(is_active=False, deactivated_at=NOW)
    assert privacy.anonymise_leavers(actor=SYSTEM, now=MUCH_LATER) == 0


def test_every_table_that_names_a_person_is_known_here() -> None:
    """A new foreign key to a person must be thought about: what stays under the id, and what has to go."""
    pointing = {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in Person._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
    }
    gone = {"account.EmailAddress.user", "mfa.Authenticator.user", "socialaccount.SocialAccount.user"}
    gone |= {"usersessions.UserSession.user", "milestones.FirstPassword.person", "milestones.SignIn.person"}
    gone |= {"milestones.ReportDraft.person"}
    assert pointing - gone == set(STAYS.split())


STAYS = """
admin.LogEntry.user milestones.ApiClient.owner
milestones.CalendarFeed.person milestones.Comment.author milestones.CommentMention.person
milestones.Delegation.deputy milestones.Delegation.person
milestones.Evidence.added_by milestones.Evidence.decided_by
milestones.Extension.decided_by milestones.Extension.requested_by
milestones.HealthOverride.given_by milestones.ImportBatch.person milestones.IntakeText.person milestones.Job.person
milestones.MailGate.paused_by
milestones.Milestone.accountable milestones.Milestone.submitted_by milestones.Milestone.verified_by
milestones.Notice.issued_by milestones.Notice.replied_by milestones.Notice.signed_by
milestones.Organisation.coordinator milestones.Organisation.head milestones.Organisation.supervising_leader
milestones.OutgoingMail.recipient milestones.Party.person milestones.Reminder.recipient milestones.RoleGrant.person
milestones.SavedView.person milestones.SignIn.done_by
milestones.StatusReport.author milestones.StatusReport.decided_by milestones.Watch.person
milestones.WebhookEndpoint.created_by
"""
