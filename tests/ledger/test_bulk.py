"""What becomes of rows that are changed by long work, and of views that are kept?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from milestones import links, long_work
from milestones.bulk import acts, work
from milestones.conversation import watching
from milestones.errors import Forbidden, RuleBroken
from milestones.jobs import queue
from milestones.jobs import running as jobs
from milestones.ledger import keeping
from milestones.mail import message
from milestones.models import (
    ChangeEntry,
    Comment,
    CommentMention,
    Job,
    JobState,
    Milestone,
    Notice,
    OutgoingMail,
    Person,
    SavedView,
)
from milestones.planning import operations
from tests.cast import LATER, NOW, Cast, acting


def do(cast: Cast, act: acts.Act, typed: dict[str, Any], *rows: Milestone) -> Job:
    params = {"act": act.name, "typed": acts.stored(typed), "rows": {str(row.pk): row.version for row in rows}}
    job = queue.ask(work.KIND, params, person=cast.office, now=NOW)
    jobs.run(job.pk, long_work.KINDS, timezone.now)
    job.refresh_from_db()
    return job


def test_each_row_is_changed_by_itself_and_each_refusal_told(running: Cast) -> None:
    seen = ChangeEntry.objects.count()
    stale = Milestone.objects.get(pk=running.rules.pk)
    do(running, acts.RESCHEDULE, {"days": 2, "due": None, "reason": "顺延"}, running.rules)
    job = do(running, acts.RESCHEDULE, {"days": 5, "due": None, "reason": "顺延"}, running.roof, stale, running.school)
    assert (job.state, job.result["changed"], job.result["refusals"]) == (JobState.DONE, 2, 1)
    assert [one["code"] for one in job.result["refused"]] == ["FIN-03"]
    assert ChangeEntry.objects.count() == seen + 3


def test_what_was_typed_survives_the_way_to_the_worker(running: Cast) -> None:
    job = do(running, acts.ASSIGN, {"person": running.other, "reason": "调岗"}, running.roof, running.rules)
    assert job.result["changed"] == 2
    assert Milestone.objects.owned_by(running.other).count() == 3


def test_asking_for_a_report_names_the_owner_and_stays_with_the_milestone(running: Cast) -> None:
    job = do(running, acts.CHASE, {"text": "请填报进展"}, running.roof, running.rules)
    assert (job.result["changed"], [one["code"] for one in job.result["refused"]]) == (1, ["FIN-03"])
    assert Comment.objects.get().milestone == running.roof
    assert OutgoingMail.objects.get(recipient=running.owner).milestone_id in (running.roof.pk, None)


def test_one_act_on_many_milestones_is_one_mail_to_each_person(running: Cast) -> None:
    """Owners and whoever watches, in their languages; each milestone keeps its comment, its notice, its history."""
    rows = [running.roof, running.school]
    Milestone.objects.filter(pk=running.school.pk).update(lead=running.bureau)
    for one in rows:
        one.refresh_from_db()
        operations.assign([one], running.owner, actor=acting(running.office), now=NOW)
        one.refresh_from_db()
        watching.start(one, actor=acting(running.viewer), now=NOW)
    Person.objects.filter(pk=running.viewer.pk).update(language="en")
    OutgoingMail.objects.all().delete()
    do(running, acts.CHASE, {"text": "请填报最新进展"}, *rows)
    asked = OutgoingMail.objects.get(recipient=running.owner)
    assert (asked.kind, asked.milestone) == ("mentioned", None)
    assert all(one.code in asked.text for one in rows)
    assert asked.text.count("请填报最新进展") == 1
    assert CommentMention.objects.filter(person=running.owner).count() == 2
    OutgoingMail.objects.all().delete()
    for row in rows:
        row.refresh_from_db()
    do(running, acts.RESCHEDULE, {"days": 5, "due": None, "reason": "顺延"}, *rows)
    news = OutgoingMail.objects.get(recipient=running.viewer)
    assert news.text.count("The due date has moved: ") == 2
    assert OutgoingMail.objects.get(recipient=running.owner).kind == "rescheduled"
    assert OutgoingMail.objects.count() == 2
    OutgoingMail.objects.all().delete()
    for row in rows:
        row.refresh_from_db()
    do(running, acts.ISSUE, {"level": "blue", "matter": "", "respond_days": 5}, *rows)
    letters = list(OutgoingMail.objects.filter(recipient=running.owner).order_by("pk"))
    leaving = [letter for letter in letters if letter.state == "queued"]
    assert len(leaving) == 1
    signed = links.fill(leaving[0].text, leaving[0])
    assert len(set(re.findall(r"/do/sign/([\w-]{40,})/", signed))) == 2, "each is signed for by itself"
    held = {letter.notice_id: letter.server_reply for letter in letters if letter.state == "suppressed"}
    assert held == dict.fromkeys(Notice.objects.values_list("pk", flat=True), "together")
    assert b"References" not in message.build(leaving[0])


def test_what_is_refused_in_the_act_tells_nobody(running: Cast) -> None:
    rows = [running.roof, running.school]
    for one in rows:
        watching.start(one, actor=acting(running.viewer), now=NOW)
    stale = Milestone.objects.get(pk=running.school.pk)
    do(running, acts.RESCHEDULE, {"days": 1, "due": None, "reason": "顺延"}, running.school)
    OutgoingMail.objects.all().delete()
    do(running, acts.RESCHEDULE, {"days": 2, "due": None, "reason": "再延"}, running.roof, stale)
    told = OutgoingMail.objects.get(recipient=running.viewer)
    assert (told.milestone, "再延" in told.text) == (running.roof, True)


def test_views_are_ones_own_and_the_office_shares(running: Cast) -> None:
    office, viewer = acting(running.office), acting(running.viewer)
    keeping.save("晨会", "state=open", shared=True, actor=office, now=NOW)
    mine = keeping.save("  我的  视图 ", "health=red", actor=viewer, now=NOW)
    assert mine.name == "我的 视图"
    keeping.save("我的 视图", "health=yellow", actor=viewer, now=LATER)
    assert [(view.name, view.query) for view in keeping.views(running.viewer)] == [
        ("晨会", "state=open"),
        ("我的 视图", "health=yellow"),
    ]
    assert [view.name for view in keeping.views(running.owner)] == ["晨会"]
    with pytest.raises(Forbidden):
        keeping.save("大家", "", shared=True, actor=viewer, now=NOW)
    with pytest.raises(Forbidden):
        keeping.delete(SavedView.objects.get(shared=True), actor=viewer)
    with pytest.raises(RuleBroken):
        keeping.rename(mine, " ", actor=viewer)
    keeping.delete(mine, actor=viewer)
    assert keeping.views(running.viewer).count() == 1
