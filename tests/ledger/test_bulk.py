"""What becomes of rows that are changed by long work, and of views that are kept?"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from milestones import long_work
from milestones.bulk import acts, work
from milestones.errors import Forbidden, RuleBroken
from milestones.jobs import queue
from milestones.jobs import running as jobs
from milestones.ledger import keeping
from milestones.models import ChangeEntry, Comment, Job, JobState, Milestone, OutgoingMail, SavedView
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
