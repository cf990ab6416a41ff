"""A closed plan stays as it stood: which verbs about its milestones are refused, and with which word?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from milestones.conversation import comments, watching
from milestones.errors import StateConflict
from milestones.evidence import operations as evidence
from milestones.extensions import operations as extensions
from milestones.models import ChangeEntry
from milestones.notices import operations as notices
from milestones.planning import dependencies, lifecycle, operations, overrides, plans
from milestones.status_reports import operations as reports
from milestones.targets import operations as targets
from tests.cast import NOW, PHOTO, TODAY, Cast, acting, read
from tests.races.real import due

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {"as_of": NOW.date(), "progress": 40, "done": "过半"}


def things(cast: Cast, by: dict[str, Any]) -> dict[str, Any]:
    """One of each that hangs on `roof`, made while the plan was active."""
    return {
        "draft": reports.write(cast.roof, SAID, **by),
        "report": reports.file(cast.roof, SAID, actor=acting(cast.owner), now=NOW),
        "request": extensions.request(cast.roof, due=due(3), reason="台风", actor=acting(cast.owner), now=NOW),
        "piece": evidence.attach_link(cast.roof, url=PHOTO[1], actor=acting(cast.owner), now=NOW),
        "notice": notices.issue(cast.roof, level="blue", matter="加快", **by),
        "remark": comments.add(cast.roof, "请看", **by),
        "tie": dependencies.add(cast.roof, cast.school, **by),
        "word": overrides.give(cast.roof, "red", reason="研判", until=(NOW + timedelta(days=9)).date(), **by),
    }


VERBS: dict[str, Callable[[Cast, dict[str, Any], dict[str, Any]], object]] = {
    "milestone.start": lambda c, t, by: lifecycle.start(c.roof, **by),
    "milestone.cancel": lambda c, t, by: lifecycle.cancel(c.roof, reason="x", **by),
    "milestone.submit": lambda c, t, by: lifecycle.submit(c.roof, actual=TODAY, statement="x", evidence=[PHOTO], **by),
    "milestone.edit": lambda c, t, by: operations.change(c.roof, {"title": "x"}, **by),
    "milestone.hand_over": lambda c, t, by: operations.hand_over([c.roof], c.other, reason="x", **by),
    "milestone.reschedule": lambda c, t, by: operations.reschedule(c.roof, due(2), reason="x", **by),
    "milestone.forecast": lambda c, t, by: operations.forecast(c.roof, due(2), reason="x", **by),
    "report.write": lambda c, t, by: reports.write(c.roof, SAID, **by),
    "report.submit": lambda c, t, by: reports.submit(t["draft"], **by),
    "report.accept": lambda c, t, by: reports.accept(t["report"], **by),
    "report.return": lambda c, t, by: reports.return_(t["report"], note="x", **by),
    "extension.request": lambda c, t, by: extensions.request(c.school, due=due(2), reason="x", **by),
    "extension.approve": lambda c, t, by: extensions.approve(t["request"], **by),
    "extension.decline": lambda c, t, by: extensions.decline(t["request"], note="x", **by),
    "extension.withdraw": lambda c, t, by: extensions.withdraw(t["request"], **by),
    "evidence.attach": lambda c, t, by: evidence.attach_link(c.roof, url=PHOTO[1], **by),
    "evidence.verify": lambda c, t, by: evidence.verify(t["piece"], **by),
    "evidence.reject": lambda c, t, by: evidence.reject(t["piece"], reason="x", **by),
    "evidence.withdraw": lambda c, t, by: evidence.withdraw(t["piece"], reason="x", **by),
    "notice.issue": lambda c, t, by: notices.issue(c.roof, level="red", matter="x", **by),
    "notice.sign": lambda c, t, by: notices.sign(t["notice"], **by),
    "notice.reply": lambda c, t, by: notices.reply(t["notice"], "x", **by),
    "notice.cancel": lambda c, t, by: notices.cancel(t["notice"], reason="x", **by),
    "comment.add": lambda c, t, by: comments.add(c.roof, "x", **by),
    "comment.withdraw": lambda c, t, by: comments.withdraw(t["remark"], reason="x", **by),
    "watch.start": lambda c, t, by: watching.start(c.roof, **by),
    "dependency.add": lambda c, t, by: dependencies.add(c.school, c.rules, **by),
    "dependency.edit": lambda c, t, by: dependencies.edit(t["tie"], lag=3, **by),
    "override.give": lambda c, t, by: overrides.give(c.school, "red", reason="x", until=NOW.date(), **by),
    "override.withdraw": lambda c, t, by: overrides.withdraw(t["word"], **by),
    "target.edit": lambda c, t, by: targets.edit(c.target, {"name": "x"}, **by),
    "target.record": lambda c, t, by: read(c.target),
    "plan.edit": lambda c, t, by: plans.edit(c.plan, {"title": "x"}, **by),
    "workstream.create": lambda c, t, by: plans.create_workstream(c.plan, {"code": "S", "title": "x"}, **by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_is_refused(running: Cast, verb: str) -> None:
    by: dict[str, Any] = {"actor": acting(running.office), "now": NOW}
    made = things(running, by)
    running.refresh()
    running.close()
    for row in made.values():
        row.refresh_from_db()
    told = ChangeEntry.objects.count()
    with pytest.raises(StateConflict) as refusal:
        VERBS[verb](running, made, by)
    assert refusal.value.code in ("plan_closed", "plan_not_active")
    assert ChangeEntry.objects.count() == told
