"""Is a comment stored, read and withdrawn by those who may, and is each person named in it told once?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from milestones import access
from milestones.actors import Actor
from milestones.conversation import comments, watching
from milestones.errors import Conflict, DomainError, Forbidden, StateConflict
from milestones.models import ChangeEntry, Comment, OutgoingMail, Person
from milestones.people import operations as people
from milestones.planning import operations as planning
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}
SOON = NOW + timedelta(hours=1)


def say(cast: Cast, text: str, by: Person | None = None, *mentions: Person) -> Comment:
    return comments.add(cast.roof, text, mentions=mentions, actor=acting(by or cast.owner), now=NOW)


def mails() -> list[tuple[str, str]]:
    return sorted(OutgoingMail.objects.values_list("kind", "recipient__display_name"))


def mentioned(comment: Comment) -> list[str]:
    return sorted(row.person.display_name for row in comment.mentions.all())


def test_a_comment_has_an_author_and_one_entry(running: Cast) -> None:
    comment = say(running, " 模板已到场 \n")
    assert (comment.author, comment.text, comment.milestone) == (running.owner, "模板已到场", running.roof)
    entry = ChangeEntry.objects.of(comment).get()
    assert (entry.verb, entry.plan_id) == ("comment.add", running.plan.pk)
    assert mails() == []


@pytest.mark.parametrize("text", ["@coordinator 请看", "@Coordinator请看", "＠coordinator@example.org 请看"])
def test_who_is_named_in_the_text_gets_one_mail(running: Cast, text: str) -> None:
    comment = say(running, text)
    assert mentioned(comment) == ["coordinator"]
    letter = OutgoingMail.objects.get()
    assert (letter.kind, letter.recipient, letter.milestone) == ("mentioned", running.coordinator, running.roof)
    assert text in letter.text


def test_given_and_written_names_are_one_mention(running: Cast) -> None:
    comment = say(running, "@office 和 @office", None, running.office, running.leader)
    assert mentioned(comment) == ["leader", "office"]
    assert mails() == [("mentioned", "leader"), ("mentioned", "office")]
    assert ChangeEntry.objects.of(comment).get().changes["mentions"][1] == [
        str(running.office.pk),
        str(running.leader.pk),
    ]


def test_who_names_themselves_is_not_told(running: Cast) -> None:
    assert mentioned(say(running, "@owner 自己记一下", None, running.owner)) == []
    assert mails() == []


@pytest.mark.parametrize("how", ["in the text", "given"])
def test_who_would_not_read_it_cannot_be_named(running: Cast, how: str) -> None:
    given = [running.viewer] if how == "given" else []
    with pytest.raises(comments.MentionRefused, match="viewer") as refused:
        say(running, "@viewer 请看" if how == "in the text" else "请看", None, *given)
    assert refused.value.field == ("mentions" if how == "given" else "text")
    assert not Comment.objects.exists()
    assert mails() == []


def test_a_party_reads_and_can_be_named(running: Cast) -> None:
    party = planning.PartyInput("supporting", running.harbour)
    planning.change(running.roof, {}, parties=[party], **HOW)
    assert mentioned(say(running, "@stranger 请配合")) == ["stranger"]


def test_two_of_one_name_are_told_apart_by_their_address(running: Cast) -> None:
    for number in (1, 2):
        casting.person("李华", "viewer", organisation=running.bureau, email=f"li.{number}@example.org")
    with pytest.raises(comments.MentionRefused) as refused:
        say(running, "@李华 请看")
    assert (refused.value.code, refused.value.field) == ("ambiguous", "text")
    say(running, "@li.2@example.org 请看")
    assert OutgoingMail.objects.get().to == "li.2@example.org"


def test_who_left_is_nobody(running: Cast) -> None:
    people.deactivate(running.coordinator, **HOW)
    assert mentioned(say(running, "@coordinator 请看")) == []
    with pytest.raises(comments.MentionRefused):
        say(running, "请看", None, Person.objects.get(pk=running.coordinator.pk))


def test_a_crowd_is_refused(running: Cast) -> None:
    crowd = [casting.person(f"p{n}", "viewer", organisation=running.bureau) for n in range(21)]
    with pytest.raises(comments.MentionRefused, match="20"):
        say(running, "开会", None, *crowd)


def test_a_text_full_of_at_signs_is_a_text(running: Cast) -> None:
    text = "".join(f"@{chr(0x4E00 + n)}" for n in range(1900))
    assert say(running, text).text == text


@pytest.mark.parametrize(("text", "code"), [(" \n", "missing"), ("长" * 4001, "too_long")])
def test_a_text_has_a_length(running: Cast, text: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        say(running, text)
    assert (refused.value.code, refused.value.field) == (code, "text")


def test_a_long_comment_is_cut_in_the_mail(running: Cast) -> None:
    say(running, "@office " + "长" * 3000)
    assert OutgoingMail.objects.get().text.count("长") < 700


# Who may -------------------------------------------------------------------------------------------------------------
RIGHTS = """
                    office coordinator stranger owner other leader viewer
add                 yes    yes         no       yes   no    yes    no
add in a draft      yes    no          no       no    no    no     no
withdraw            yes    no          no       yes   no    no     no
"""
ACTS: dict[str, Callable[[Cast, Actor], object]] = {
    "add": lambda c, by: comments.add(c.roof, "话", actor=by, now=NOW),
    "add in a draft": lambda c, by: comments.add(c.roof, "话", actor=by, now=NOW),
    "withdraw": lambda c, by: comments.withdraw(Comment.objects.get(), reason="写错", actor=by, now=SOON),
}


def rights() -> list[Any]:
    roles, *rows = (line.split("  ") for line in RIGHTS.strip("\n").splitlines())
    names = " ".join(roles).split()
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    return [
        pytest.param(act, role, said == "yes", id=f"{role} {act}")
        for act, *answers in cells
        for role, said in zip(names, answers, strict=True)
    ]


@pytest.mark.parametrize(("act", "role", "allowed"), rights())
def test_who_may(cast: Cast, act: str, role: str, allowed: bool) -> None:
    if act != "add in a draft":
        cast.activate()
    if act == "withdraw":
        say(cast, "owner 写的")
    seen = Comment.objects.count()
    by = acting(getattr(cast, role))
    if allowed:
        ACTS[act](cast, by)
    else:
        with pytest.raises(Forbidden):
            ACTS[act](cast, by)
        assert Comment.objects.count() == seen
        assert not Comment.objects.filter(withdrawn_at__isnull=False).exists()


def test_the_same_people_read_it_who_may_write_it(running: Cast) -> None:
    say(running, "话")
    for name in ("office", "coordinator", "stranger", "owner", "other", "leader", "viewer"):
        person = getattr(running, name)
        assert access.visible(Comment.objects.all(), person).exists() == access.may(person, "comment.add", running.roof)


def test_in_a_draft_only_the_office_can_be_named(cast: Cast) -> None:
    with pytest.raises(comments.MentionRefused):
        say(cast, "@owner 请看", cast.office)
    say(cast, "@colleague 请看", cast.office)
    assert mails() == [("mentioned", "colleague")]


def test_a_closed_plan_is_not_talked_about(running: Cast) -> None:
    comment = say(running, "话")
    running.close()
    for act in (lambda: say(running, "话"), lambda: comments.withdraw(comment, reason="r", **HOW)):
        running.roof.refresh_from_db()
        comment.milestone.plan.refresh_from_db()
        with pytest.raises(StateConflict) as refused:
            act()
        assert refused.value.code == "plan_closed"


# Withdrawing ---------------------------------------------------------------------------------------------------------
def test_a_withdrawn_comment_keeps_its_place_and_its_reason(running: Cast) -> None:
    comment = say(running, "写错了")
    comments.withdraw(comment, reason=" 单位写错 ", actor=acting(running.owner), now=SOON)
    comment.refresh_from_db()
    assert (comment.withdrawn_at, comment.reason, comment.version) == (SOON, "单位写错", 2)
    created, withdrawn = ChangeEntry.objects.of(comment)
    assert (withdrawn.verb, withdrawn.reason) == ("comment.withdraw", "单位写错")
    assert created.changes["text"] == [None, "写错了"]  # for the office, in history


def test_it_is_withdrawn_once_and_with_a_reason(running: Cast) -> None:
    comment = say(running, "写错了")
    stale = Comment.objects.get()
    with pytest.raises(DomainError) as refused:
        comments.withdraw(comment, reason=" ", **HOW)
    assert refused.value.code == "reason_missing"
    comments.withdraw(comment, reason="r", actor=acting(running.office), now=SOON)
    with pytest.raises(StateConflict):
        comments.withdraw(comment, reason="r", **HOW)
    with pytest.raises(Conflict) as lost:
        comments.withdraw(stale, reason="r", **HOW)
    assert (lost.value.who, lost.value.when) == (acting(running.office).label, SOON)


# News ----------------------------------------------------------------------------------------------------------------
def test_watchers_hear_of_a_comment_that_they_may_read(running: Cast) -> None:
    for name in ("viewer", "coordinator", "owner", "leader"):
        watching.start(running.roof, actor=acting(getattr(running, name)), now=NOW)
    say(running, "@leader 模板已到场")
    assert mails() == [("mentioned", "leader"), ("watched", "coordinator")]
    assert all("模板已到场" in mail.text for mail in OutgoingMail.objects.all())
