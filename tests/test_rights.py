"""Who may do what to a milestone and to all that hangs on it, and who reads its inner matters? One table each.

The milestone is led by the unit `bureau`. From left to right: the office; `coord`, the coordinator of the lead unit;
`owner`, the accountable person; `deputy`, who stands in for the owner today; `after`, the same person the day after;
`leader`, who supervises the lead unit; `abroad`, a leader who supervises another unit; `head` of the lead unit;
`party`, somebody of a supporting unit; `other`, an owner and `far`, a coordinator, both of a unit that has no part in
it; `viewer`. Then the API clients: `write`, `readings` (may only add readings and reports), `read`, and `beyond`, with
all rights, but whose reach ends before this milestone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from milestones import access
from milestones.actors import Actor, Reach
from milestones.models import (
    Comment,
    Delegation,
    Dependency,
    Evidence,
    Extension,
    Milestone,
    Notice,
    Party,
    StatusReport,
    Via,
    Watch,
)
from milestones.people import organisations
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast

pytestmark = pytest.mark.django_db

TABLE = """
                           office coord owner deputy after leader abroad head party other far viewer  write readings read beyond
milestone.create           yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   yes
milestone.edit             yes    yes   no    no     no    no     no     no   no    no    no  no      yes   no       no   no
milestone.assign           yes    yes   no    no     no    no     no     no   no    no    no  no      yes   no       no   no
milestone.reschedule       yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
milestone.forecast         yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   no       no   no
milestone.start            yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   no       no   no
milestone.submit           yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   no       no   no
milestone.verify           yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
milestone.return           yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
milestone.reopen           yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
milestone.cancel           yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
milestone.delete           yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
milestone.override_health  yes    no    no    no     no    yes    no     no   no    no    no  no      yes   no       no   no
report.write               yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   yes      no   no
report.submit              yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   yes      no   no
report.discard             yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   no       no   no
report.accept              yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
report.return              yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
evidence.attach            yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   no       no   no
evidence.withdraw          yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   no       no   no
evidence.verify            yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
evidence.reject            yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
extension.request          yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   no       no   no
extension.withdraw         yes    yes   yes   yes    no    no     no     no   no    no    no  no      yes   no       no   no
extension.approve          yes    no    no    no     no    yes    no     no   no    no    no  no      yes   no       no   no
extension.decline          yes    no    no    no     no    yes    no     no   no    no    no  no      yes   no       no   no
notice.issue               yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
notice.sign                yes    yes   yes   yes    no    no     no     yes  no    no    no  no      yes   no       no   no
notice.reply               yes    yes   yes   yes    no    no     no     yes  no    no    no  no      yes   no       no   no
notice.cancel              yes    no    no    no     no    no     no     no   no    no    no  no      yes   no       no   no
comment.add                yes    yes   yes   yes    no    yes    yes    yes  yes   no    no  no      yes   no       no   no
watch.start                yes    yes   yes   yes    yes   yes    yes    yes  yes   yes   yes yes     yes   no       no   no
dependency.add             yes    yes   no    no     no    no     no     no   no    no    no  no      yes   no       no   no
dependency.remove          yes    yes   no    no     no    no     no     no   no    no    no  no      yes   no       no   no
target.record              yes    yes   no    no     no    no     no     no   no    no    no  no      yes   yes      no   no
delegation.create          yes    no    yes   no     no    no     no     no   no    no    no  no      yes   no       no   yes
"""  # noqa: E501 - a table is read across

# Whether each of them reads the milestone itself, and its evidence, extensions, notices and comments.
SIGHT = """
                           office coord owner deputy after leader abroad head party other far viewer  write readings read beyond
milestone                  yes    yes   yes   yes    yes   yes    yes    yes  yes   yes   yes yes     yes   yes      yes  no
report                     yes    yes   yes   yes    yes   yes    yes    yes  yes   yes   yes yes     yes   yes      yes  no
evidence                   yes    yes   yes   yes    no    yes    yes    yes  yes   no    no  no      yes   yes      yes  no
extension                  yes    yes   yes   yes    no    yes    yes    yes  yes   no    no  no      yes   yes      yes  no
notice                     yes    yes   yes   yes    no    yes    yes    yes  yes   no    no  no      yes   yes      yes  no
comment                    yes    yes   yes   yes    no    yes    yes    yes  yes   no    no  no      yes   yes      yes  no
"""  # noqa: E501 - a table is read across


def cells(table: str) -> list[tuple[str, str, bool]]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    return [(what, who, answer == "yes") for what, *answers in rows for who, answer in zip(head, answers, strict=True)]


@pytest.fixture
def company(running: Cast) -> dict[str, Actor]:
    """Everybody at the head of the tables, on the day of `NOW`."""
    today = NOW.date()
    leader = casting.person("supervisor", "leader")
    head = casting.person("head", "viewer", organisation=running.bureau)
    organisations.edit(running.bureau, {"supervising_leader": leader, "head": head}, actor=SYSTEM, now=NOW)
    organisations.edit(running.harbour, {"supervising_leader": running.leader}, actor=SYSTEM, now=NOW)
    bank = casting.organisation("BANK", "银行", kind="bank")
    Party.objects.create(milestone=running.roof, role="supporting", organisation=bank)
    deputy = casting.person("deputy", "owner")
    Delegation.objects.create(
        person=running.owner, deputy=deputy, starts_on=today, ends_on=today, created_at=NOW, updated_at=NOW
    )
    people = {
        "office": running.office,
        "coord": running.coordinator,
        "owner": running.owner,
        "deputy": deputy,
        "leader": leader,
        "abroad": running.leader,
        "head": head,
        "party": casting.person("party", "viewer", organisation=bank),
        "other": running.other,
        "far": running.stranger,
        "viewer": running.viewer,
    }
    running.roof.refresh_from_db()
    elsewhere = Reach(plans=frozenset({running.stream.pk}))
    return {
        **{name: Actor(person, Via.WEB, day=today) for name, person in people.items()},
        "after": Actor(deputy, Via.WEB, day=today + timedelta(days=1)),
        "write": _client({"read", "write"}),
        "readings": _client({"read", "readings:write"}),
        "read": _client({"read"}),
        "beyond": _client({"read", "write"}, elsewhere),
    }


def _client(scopes: set[str], reach: Reach | None = None) -> Actor:
    return Actor(None, Via.API, client="hr-system", scopes=frozenset(scopes), reach=reach or Reach())


def stored(cast: Cast) -> dict[str, Any]:
    """One of each thing that hangs on the milestone, as the database has it; all of the owner."""
    about: dict[str, Any] = {"milestone": cast.roof, "created_at": NOW, "updated_at": NOW}
    due: dict[str, Any] = {"due_on": date(2024, 1, 31), "due_precision": "day", "old_on": date(2023, 12, 31)}
    asked: dict[str, Any] = {"old_precision": "year", "requested_at": NOW, "decide_by": NOW.date()}
    issued: dict[str, Any] = {"issued_on": NOW.date(), "respond_by": NOW.date(), "organisation": cast.bureau}
    return {
        "milestone": cast.roof,
        "report": StatusReport.objects.create(**about, author=cast.owner, as_of=NOW.date(), progress=10),
        "evidence": Evidence.objects.create(**about, title="照片", url="https://example.org/1.jpg"),
        "extension": Extension.objects.create(**about, **due, **asked, reason="台风"),
        "notice": Notice.objects.create(**about, **issued, year=2023, number=1, level="blue", matter="加快封顶"),
        "comment": Comment.objects.create(**about, author=cast.viewer, text="请抓紧"),
        "watch": Watch.objects.create(**about, person=cast.viewer),
        "dependency": Dependency.objects.create(
            predecessor=cast.school, successor=cast.roof, created_at=NOW, updated_at=NOW
        ),
        "target": cast.target,
        "delegation": Delegation(
            person=cast.owner, deputy=cast.other, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=9)
        ),
    }


def test_may(running: Cast, company: dict[str, Actor]) -> None:
    things = stored(running)
    # As the verbs ask it: of a row that is not yet stored.
    new = Milestone(plan=running.plan, lead=running.bureau, accountable=running.owner)
    wrong = [
        (verb, who, allowed)
        for verb, who, allowed in cells(TABLE)
        for obj in [new if verb == "milestone.create" else things[verb.partition(".")[0]]]
        if access.may(company[who], verb, obj) is not allowed
    ]
    assert wrong == []


def test_reads(running: Cast, company: dict[str, Actor]) -> None:
    things = stored(running)
    wrong = [
        (what, who, allowed)
        for what, who, allowed in cells(SIGHT)
        for obj in [things[what]]
        if (obj in access.visible(type(obj)._default_manager.all(), company[who])) is not allowed
    ]
    assert wrong == []


def test_in_a_draft_only_the_office_and_clients_that_write_do_anything(cast: Cast, company: dict[str, Actor]) -> None:
    cast.plan.state = "draft"
    things = stored(cast)
    for obj in things.values():
        rows: list[Any] = [obj, getattr(obj, "milestone", None), getattr(obj, "successor", None)]
        for row in rows:
            if hasattr(row, "plan"):
                row.plan = cast.plan
    for verb in sorted({verb for verb, _who, _allowed in cells(TABLE)}):
        allowed = {who for who, actor in company.items() if access.may(actor, verb, things[verb.partition(".")[0]])}
        own = {"owner"} if verb == "delegation.create" else set()
        assert allowed - {"write", "beyond", "readings"} == {"office"} | own, verb
