"""Is a notice issued, signed for, answered and cancelled as the rules say, and is each refusal told in words?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from milestones import wording
from milestones.actors import Actor
from milestones.errors import Conflict, DomainError, Forbidden, RuleBroken, StateConflict
from milestones.mail import message
from milestones.models import ChangeEntry, Delegation, Milestone, Notice, NoticeNumber, OutgoingMail, Person
from milestones.notices import matters, operations
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import lifecycle
from milestones.planning import operations as planning
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.notices.cast import MATTER, issue, mails

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}
SOON = NOW + timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


# Issuing ------------------------------------------------------------------------------------------------------------
def test_a_notice_goes_to_the_lead_with_a_number_and_a_day_for_the_answer(running: Cast) -> None:
    notice = issue(running, level="red")
    assert (notice.label, notice.organisation, notice.state) == ("〔2023〕1号", running.bureau, "issued")
    assert (notice.issued_on, notice.respond_by) == (date(2023, 1, 12), date(2023, 1, 17))
    assert (notice.issued_by, notice.matter) == (running.office, MATTER)
    assert Notice.objects.get(pk=notice.pk).version == 1
    entry = ChangeEntry.objects.of(notice).get()
    assert (entry.verb, entry.changes["number"], entry.plan_id) == ("notice.issue", [None, 1], running.plan.pk)


def test_numbers_rise_over_all_plans_and_levels(running: Cast) -> None:
    issued = [
        issue(running),
        issue(running, level="red"),
        issue(running, running.school),
        issue(running, level="yellow"),
    ]
    assert [notice.number for notice in issued] == [1, 2, 3, 4]


def test_a_cancelled_number_stays_used(running: Cast) -> None:
    operations.cancel(issue(running), reason="发错", **HOW)
    assert issue(running).number == 2


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2023, 12, 31, 23, 59, 59, tzinfo=SHANGHAI), (2023, 2)),
        (datetime(2024, 1, 1, 0, 0, 0, tzinfo=SHANGHAI), (2024, 1)),
        (datetime(2023, 12, 31, 17, 0, tzinfo=ZoneInfo("UTC")), (2024, 1)),  # one o'clock in the plan's zone
    ],
)
def test_the_year_changes_at_midnight_of_the_plan(running: Cast, at: datetime, expected: tuple[int, int]) -> None:
    issue(running)
    notice = issue(running, running.school, now=at)
    assert (notice.year, notice.number) == expected


def test_a_refused_notice_takes_no_number(running: Cast) -> None:
    issue(running)
    with pytest.raises(DomainError):
        issue(running)
    assert NoticeNumber.objects.get().last == 1


def test_the_same_level_is_issued_once_until_it_is_answered(running: Cast) -> None:
    first = issue(running)
    issue(running, level="yellow")
    with pytest.raises(operations.AlreadyOpen, match="〔2023〕1号") as refused:
        issue(running)
    assert refused.value.field == "level"
    operations.reply(first, "下周封顶", **HOW)
    assert issue(running).number == 3


def nothing(c: Cast) -> dict[str, Any]:
    return {}


def unled(c: Cast) -> dict[str, Any]:
    return {"milestone": c.rules}


def outsiders(c: Cast) -> dict[str, Any]:
    return {"organisation": c.harbour}


def gone(c: Cast) -> dict[str, Any]:
    type(c.bureau).objects.filter(pk=c.bureau.pk).update(is_active=False)
    c.roof.refresh_from_db()
    return {}


def done(c: Cast) -> dict[str, Any]:
    casting.bring(c, c.roof, "completed")
    return {}


def cancelled(c: Cast) -> dict[str, Any]:
    casting.bring(c, c.roof, "cancelled")
    return {}


def closed(c: Cast) -> dict[str, Any]:
    c.close()
    return {}


# before → what is wrong with it, at which field
REFUSED: list[tuple[str, Callable[[Cast], dict[str, Any]], dict[str, Any], str, str | None]] = [
    ("no matter", nothing, {"matter": " \n"}, "missing", "matter"),
    ("too long a matter", nothing, {"matter": "长" * 501}, "too_long", "matter"),
    ("no such level", nothing, {"level": "green"}, "level", "level"),
    ("no time", nothing, {"respond_days": 0}, "respond_days", "respond_days"),
    ("nobody leads", unled, {}, "missing", "organisation"),
    ("takes no part", outsiders, {}, "no_party", "organisation"),
    ("an organisation that is gone", gone, {}, "inactive", "organisation"),
    ("completed", done, {}, "milestone_closed", None),
    ("cancelled", cancelled, {}, "milestone_closed", None),
    ("the plan is closed", closed, {}, "plan_not_active", None),
]


@pytest.mark.parametrize(("what", "before", "values", "code", "field"), REFUSED, ids=[row[0] for row in REFUSED])
def test_is_refused(
    running: Cast, what: str, before: Callable[[Cast], dict[str, Any]], values: Any, code: str, field: str | None
) -> None:
    values = {**before(running), **values}
    OutgoingMail.objects.all().delete()
    with pytest.raises(DomainError) as refused:
        issue(running, **values)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Notice.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_not_in_a_draft(cast: Cast) -> None:
    with pytest.raises(StateConflict) as refused:
        issue(cast)
    assert refused.value.code == "plan_not_active"


def test_a_party_may_get_one(running: Cast) -> None:
    party = planning.PartyInput("supporting", running.harbour)
    planning.change(running.roof, {}, parties=[party], **HOW)
    assert issue(running, organisation=running.harbour).organisation == running.harbour
    assert mails() == [("notice", "stranger")]


def test_a_milestone_that_changed_meanwhile_is_looked_at_again(running: Cast) -> None:
    seen = Milestone.objects.get(pk=running.roof.pk)
    planning.change(running.roof, {"title": "新题"}, **HOW)
    with pytest.raises(Conflict):
        issue(running, seen)
    assert not Notice.objects.exists()


def test_the_system_issues_with_a_matter_of_its_own(running: Cast) -> None:
    words = matters.matter_for(running.roof, "yellow", today=NOW.date())
    notice = issue(running, level="yellow", matter=words, actor=Actor.system())
    assert (notice.issued_by, notice.matter) == (None, words)
    assert "FIN-01" in words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("level", ["blue", "yellow", "red"])
@pytest.mark.parametrize("today", [date(2023, 12, 20), date(2024, 1, 2)])
def test_the_matter_says_which_milestone_and_when(cast: Cast, language: str, level: str, today: date) -> None:
    cast.roof.title_en = "Tower topped out"
    said = matters.matter_for(cast.roof, level, today=today, language=language)
    assert "FIN-01" in said
    assert ("Tower topped out" if language == "en" else cast.roof.title) in said
    assert "%(" not in said
    other_day = date(2024, 1, 2) if today.year == 2023 else date(2023, 12, 20)
    assert said != matters.matter_for(cast.roof, level, today=other_day, language=language)


# Who is told ----------------------------------------------------------------------------------------------------------
def test_head_coordinator_and_owner_are_told_once_each(running: Cast) -> None:
    head = casting.person("head", "viewer", organisation=running.bureau)
    organisations.edit(running.bureau, {"head": head, "coordinator": running.coordinator}, **HOW)
    running.roof.refresh_from_db()
    issue(running)
    assert mails() == [("notice", "coordinator"), ("notice", "head"), ("notice", "owner")]
    organisations.edit(running.bureau, {"head": running.owner, "coordinator": running.owner}, **HOW)
    running.roof.refresh_from_db()
    OutgoingMail.objects.all().delete()
    issue(running, level="red")
    assert mails() == [("notice", "owner")]


def test_whoever_left_is_not_told(running: Cast) -> None:
    head = casting.person("head", "viewer", organisation=running.bureau)
    organisations.edit(running.bureau, {"head": head}, **HOW)
    Person.objects.filter(pk=head.pk).update(is_active=False)  # however it came about
    running.roof.refresh_from_db()
    issue(running)
    assert mails() == [("notice", "coordinator"), ("notice", "owner")]


def test_an_owner_of_another_organisation_is_not_told(running: Cast) -> None:
    planning.change(running.roof, {"lead": running.harbour}, **HOW)
    OutgoingMail.objects.all().delete()
    issue(running)
    assert mails() == [("notice", "stranger")]


def test_a_head_from_elsewhere_who_reads_no_inner_matters_is_not_told(running: Cast) -> None:
    organisations.edit(running.bureau, {"head": running.stranger}, **HOW)
    running.roof.refresh_from_db()
    issue(running)
    assert ("notice", "stranger") not in mails()


def test_a_deputy_gets_a_copy(running: Cast) -> None:
    deputy = casting.person("deputy", "viewer", organisation=running.bureau)
    stamps = {"created_at": NOW, "updated_at": NOW}
    Delegation.objects.create(person=running.owner, deputy=deputy, starts_on=NOW.date(), ends_on=NOW.date(), **stamps)
    issue(running)
    assert mails() == [("notice", "coordinator"), ("notice", "deputy"), ("notice", "owner")]


def test_the_letter_holds_the_number_that_was_given(running: Cast) -> None:
    issue(running, running.school)
    OutgoingMail.objects.all().delete()
    people.edit(running.owner, {"language": "en"}, roles=["owner"], **HOW)
    running.roof.refresh_from_db()
    notice = issue(running, level="red")
    letter = OutgoingMail.objects.get(recipient=running.owner)
    for text in (letter.subject, letter.text, letter.html):
        assert "No. 2 of 2023" in text
        assert "\ue000" not in text
    assert (letter.due_at, letter.milestone, letter.day) == (NOW, running.roof, None)
    assert f"/notices/{notice.pk}/" in letter.text
    assert "Answer by January 17, 2023, within 3 working days" in letter.text


def test_a_notice_offers_no_way_to_mute_it_and_stands_in_the_milestones_thread(running: Cast) -> None:
    issue(running)
    sent = message.build(OutgoingMail.objects.filter(kind="notice")[0]).decode("ascii", "replace")
    assert "List-Unsubscribe" not in sent
    assert f"References: <milestone.{running.roof.pk}@" in sent


def test_a_muted_person_gets_it_all_the_same(running: Cast) -> None:
    people.set_preferences(running.owner, {"digest_muted": True}, **HOW)
    issue(running)
    assert ("notice", "owner") in mails()


# Signing and answering ------------------------------------------------------------------------------------------------
def test_a_signature_says_who_and_when(running: Cast) -> None:
    notice = issue(running)
    operations.sign(notice, actor=acting(running.coordinator), now=SOON)
    assert (notice.state, notice.signed_by, notice.signed_at) == ("signed", running.coordinator, SOON)
    assert ChangeEntry.objects.of(notice).count() == 2


def test_an_answer_signs_for_what_nobody_signed_for(running: Cast) -> None:
    notice = issue(running)
    operations.reply(notice, " 下周封顶 ", actor=acting(running.owner), now=SOON)
    assert (notice.state, notice.reply) == ("replied", "下周封顶")
    assert (notice.signed_by, notice.signed_at, notice.replied_by) == (running.owner, SOON, running.owner)
    assert ChangeEntry.objects.of(notice).count() == 2


def test_an_answer_keeps_an_earlier_signature(running: Cast) -> None:
    notice = issue(running)
    operations.sign(notice, actor=acting(running.coordinator), now=NOW)
    operations.reply(notice, "下周封顶", actor=acting(running.owner), now=SOON)
    assert (notice.signed_by, notice.signed_at, notice.replied_at) == (running.coordinator, NOW, SOON)


def test_the_office_that_issued_it_hears_of_the_answer(running: Cast) -> None:
    notice = issue(running)
    OutgoingMail.objects.all().delete()
    operations.reply(notice, "下周封顶", actor=acting(running.owner), now=SOON)
    assert mails() == [("notice", "office")]
    assert "下周封顶" in OutgoingMail.objects.get().text


def test_all_of_the_office_hears_of_the_answer_to_the_systems_notice(running: Cast) -> None:
    notice = issue(running, actor=Actor.system())
    OutgoingMail.objects.all().delete()
    operations.reply(notice, "下周封顶", actor=acting(running.colleague), now=SOON)  # on behalf: knows it already
    assert mails() == [("notice", "office")]


def test_cancelling_tells_whoever_was_told(running: Cast) -> None:
    notice = issue(running)
    before = mails()
    OutgoingMail.objects.all().delete()
    operations.cancel(notice, reason="发错单位", actor=acting(running.office), now=SOON)
    assert mails() == before
    assert (notice.state, notice.reason, notice.cancelled_at) == ("cancelled", "发错单位", SOON)
    assert "发错单位" in OutgoingMail.objects.all()[0].text


def test_nothing_moves_in_a_closed_plan(running: Cast) -> None:
    notice = issue(running)
    running.close()
    notice.refresh_from_db()
    for act in (
        lambda: operations.sign(notice, **HOW),
        lambda: operations.reply(notice, "r", **HOW),
        lambda: operations.cancel(notice, reason="r", **HOW),
    ):
        with pytest.raises(StateConflict) as refused:
            act()
        assert refused.value.code == "plan_closed"


def test_a_completed_milestones_notice_can_still_be_answered(running: Cast) -> None:
    notice = issue(running)
    lifecycle.cancel(running.roof, reason="不建了", **HOW)
    operations.reply(notice, "已停建", **HOW)
    assert notice.state == "replied"


# State × verb → the state it leads to, or nothing
MOVES = """
          sign     reply     cancel
issued    signed   replied   cancelled
signed    -        replied   cancelled
replied   -        -         -
cancelled -        -         -
"""
VERBS: dict[str, Callable[[Notice, Actor], object]] = {
    "sign": lambda n, by: operations.sign(n, actor=by, now=SOON),
    "reply": lambda n, by: operations.reply(n, "下周封顶", actor=by, now=SOON),
    "cancel": lambda n, by: operations.cancel(n, reason="发错", actor=by, now=SOON),
}
TO = {"signed": "sign", "replied": "reply", "cancelled": "cancel"}


def moves() -> list[Any]:
    head, *rows = (line.split() for line in MOVES.strip().splitlines())
    return [
        pytest.param(state, verb, to, id=f"{verb} what is {state}")
        for state, *cells in rows
        for verb, to in zip(head, cells, strict=True)
    ]


@pytest.mark.parametrize(("state", "verb", "to"), moves())
def test_a_state_lets_a_verb_through_or_says_why_not(running: Cast, state: str, verb: str, to: str) -> None:
    notice = issue(running)
    if state != "issued":
        VERBS[TO[state]](notice, SYSTEM)
    version = notice.version
    if to == "-":
        with pytest.raises(StateConflict, match=wording.day(date(2023, 1, 12))) as refused:
            VERBS[verb](notice, SYSTEM)
        assert refused.value.code == "notice_state"
    else:
        VERBS[verb](notice, SYSTEM)
    notice.refresh_from_db()
    assert (notice.state, notice.version) == ((state, version) if to == "-" else (to, version + 1))


# Verb × role, for a notice to the bureau about `roof`
RIGHTS = """
        office coordinator stranger owner other leader viewer
issue   yes    no          no       no    no    no     no
sign    yes    yes         no       yes   no    no     no
reply   yes    yes         no       yes   no    no     no
cancel  yes    no          no       no    no    no     no
"""


def rights() -> list[Any]:
    roles, *rows = (line.split() for line in RIGHTS.strip().splitlines())
    return [
        pytest.param(verb, role, cell == "yes", id=f"{role} {verb}")
        for verb, *cells in rows
        for role, cell in zip(roles, cells, strict=True)
    ]


@pytest.mark.parametrize(("verb", "role", "allowed"), rights())
def test_who_may(running: Cast, verb: str, role: str, allowed: bool) -> None:
    by = acting(getattr(running, role))
    notice = issue(running)
    act = (lambda: issue(running, running.school, actor=by)) if verb == "issue" else (lambda: VERBS[verb](notice, by))
    if allowed:
        act()
    else:
        with pytest.raises(Forbidden):
            act()
        assert ChangeEntry.objects.filter(entity="notice").count() == 1


def test_an_empty_answer_or_reason_is_refused(running: Cast) -> None:
    notice = issue(running)
    with pytest.raises(RuleBroken) as answer:
        operations.reply(notice, " ", **HOW)
    with pytest.raises(RuleBroken) as reason:
        operations.cancel(notice, reason=" ", **HOW)
    assert (answer.value.field, reason.value.field) == ("reply", "reason")


def test_an_old_look_is_a_conflict(running: Cast) -> None:
    notice = issue(running)
    operations.sign(notice, **HOW)
    with pytest.raises(Conflict):
        operations.reply(notice, "r", version=1, **HOW)
