"""Do the three headline milestones of 2023 go through their life, each step in the history and in the mails?"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from milestones.actors import Actor
from milestones.demo import build as demo
from milestones.models import ChangeEntry, Milestone, OutgoingMail, Person
from milestones.people import operations as people
from milestones.planning import lifecycle, operations
from milestones.reminders import delivery, engine
from milestones.workdays.periods import FuzzyDate

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADLINES = {"FIN-07": "金融学院", "FIN-08": "西岛", "FIN-09": "荣耀之环"}


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2023, month, day, hour, tzinfo=SHANGHAI)


def day_of(moment: datetime) -> None:
    """The evening of that day: what is due is planned and leaves."""
    evening = moment.replace(hour=23, minute=59)
    engine.sweep(evening)
    delivery.deliver(lambda: evening, as_of=evening)


@pytest.mark.parametrize("code", HEADLINES)
@pytest.mark.django_db
def test_a_headline_from_assignment_to_completion(code: str) -> None:
    demo.build(now=at(1, 12), year=2023)
    milestone = Milestone.objects.select_related("plan", "accountable").get(code=code)
    assert HEADLINES[code] in milestone.title
    office = Actor(Person.objects.get(email__startswith="office@"), "admin")
    colleague = people.create(
        {"display_name": "督查室二", "email": "second@example.org"}, roles=["office"], actor=office, now=at(1, 13)
    )
    first = people.create(
        {"display_name": "甲", "email": "a@example.org"}, roles=["owner"], actor=office, now=at(1, 13)
    )
    then = people.create({"display_name": "乙", "email": "b@example.org"}, roles=["owner"], actor=office, now=at(1, 13))

    operations.assign([milestone], None, actor=office, now=at(2, 1))
    operations.assign([milestone], first, actor=office, now=at(2, 2))
    autumn = FuzzyDate(date(2023, 10, 31))
    operations.reschedule(milestone, autumn, reason="节点分解到日", actor=office, now=at(2, 10))
    day_of(at(9, 13))  # thirty working days before
    operations.hand_over([milestone], then, reason="岗位调整", actor=office, now=at(9, 20))
    day_of(at(10, 11))  # fourteen before
    owner = Actor(then, "web")
    lifecycle.start(milestone, actor=owner, now=at(10, 12))
    evidence = [("验收记录", "https://example.org/record.pdf")]
    done = FuzzyDate(date(2023, 10, 25))
    lifecycle.submit(milestone, actual=done, statement="已完成", evidence=evidence, actor=owner, now=at(10, 26))
    lifecycle.verify(milestone, actor=Actor(colleague, "admin"), now=at(10, 27))
    for later in (at(10, 31), at(11, 17), at(12, 29)):
        day_of(later)

    assert [entry.verb for entry in ChangeEntry.objects.of(milestone).filter(at__gte=at(2, 1))] == [
        "milestone.assign",
        "milestone.assign",
        "milestone.reschedule",
        "milestone.hand_over",
        "milestone.start",
        "milestone.submit",
        "milestone.verify",
    ]
    assert kinds(first) == ["duties", "rescheduled", "digest"]
    assert kinds(then) == ["duties", "digest", "verified"]
    assert "submitted" in kinds(colleague)
    assert [(r.which, str(r.old), str(r.new)) for r in milestone.date_revisions.all()] == [
        ("due", "2023", "2023-10-31"),
        ("actual", "None", "2023-10-25"),
    ]
    milestone.refresh_from_db()
    assert (milestone.state, str(milestone.baseline), str(milestone.due)) == ("completed", "2023", "2023-10-31")


def kinds(person: Person) -> list[str]:
    return list(OutgoingMail.objects.filter(recipient=person).order_by("created_at").values_list("kind", flat=True))
