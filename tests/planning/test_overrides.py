"""Who may set a health by hand, for how long is it shown, and what stands beside it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from milestones.errors import Conflict, DomainError, Forbidden, RuleBroken, StateConflict
from milestones.models import ChangeEntry, HealthOverride, Milestone
from milestones.people import organisations
from milestones.planning import assessing, operations, overrides
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.planning.test_assessment import depend, morning, stored
from tests.two_at_once import together, while_uncommitted

END = date(2023, 2, 10)
WORDS: dict[str, Any] = {"reason": "市里已协调", "until": END}


def give(cast: Cast, health: str = "red", **words: Any) -> HealthOverride:
    how = {**WORDS, "actor": acting(cast.leader), "now": NOW, **words}
    return overrides.give(cast.roof, health, **how)


@pytest.fixture
def supervised(running: Cast) -> Cast:
    """The leader supervises the bureau, which leads `roof`."""
    organisations.edit(running.bureau, {"supervising_leader": running.leader}, actor=SYSTEM, now=NOW)
    running.roof.lead.refresh_from_db()  # type: ignore[union-attr]
    return running


@pytest.mark.django_db
def test_it_is_shown_with_what_was_computed_until_its_last_day_is_over(supervised: Cast) -> None:
    give(supervised)
    assert stored(supervised.roof) == ("red", "override")
    supervised.refresh()
    assert supervised.roof.health_reason == {"code": "override", "params": {"health": "green", "until": "2023-02-10"}}
    assessing.assess(morning(date(2023, 2, 10)))
    supervised.refresh()
    assert supervised.roof.health_reason == {"code": "override", "params": {"health": "yellow", "until": "2023-02-10"}}
    assessing.assess(morning(date(2023, 2, 11)))
    assert stored(supervised.roof) == ("yellow", "report_late")


@pytest.mark.django_db
def test_what_was_computed_beside_it_follows_a_predecessor_within_a_minute(supervised: Cast) -> None:
    depend(supervised.roof, supervised.rules)
    give(supervised)

    def beside(minutes: int) -> str:
        assessing.assess(NOW + timedelta(minutes=minutes))
        supervised.refresh()
        assert supervised.roof.health_reason is not None
        return str(supervised.roof.health_reason["params"]["health"])

    assert beside(1) == "green"
    operations.forecast(supervised.rules, FuzzyDate(date(2023, 6, 30)), reason="缓", actor=SYSTEM, now=NOW)
    assert beside(2) == "yellow"
    operations.forecast(supervised.rules, None, reason="不缓", actor=SYSTEM, now=NOW)
    assert beside(3) == "green"


@pytest.mark.django_db
def test_each_object_has_one_entry_with_who_and_why(supervised: Cast) -> None:
    override = give(supervised)
    (entry,) = ChangeEntry.objects.of(override)
    assert (entry.verb, entry.reason, entry.actor_id) == (
        "milestone.override_health",
        "市里已协调",
        supervised.leader.pk,
    )
    last = ChangeEntry.objects.of(supervised.roof).latest("id")
    assert (last.verb, last.actor_label) == ("milestone.health", "system")
    assert override.given_by == supervised.leader


@pytest.mark.django_db
def test_withdrawn_it_is_gone_at_once(supervised: Cast) -> None:
    override = give(supervised)
    overrides.withdraw(override, actor=acting(supervised.leader), now=NOW)
    assert stored(supervised.roof) == ("green", "on_track")
    assert [e.verb for e in ChangeEntry.objects.of(override)][1:] == ["milestone.withdraw_override"]
    give(supervised, "yellow")
    assert stored(supervised.roof) == ("yellow", "override")


@pytest.mark.django_db
def test_a_red_milestone_may_be_set_green_but_done_is_done(supervised: Cast) -> None:
    operations.forecast(supervised.roof, FuzzyDate.parse("2024"), reason="缓", actor=SYSTEM, now=NOW)
    give(supervised, "green")
    assert stored(supervised.roof) == ("green", "override")
    casting.bring(supervised, supervised.roof, "completed")
    assert stored(supervised.roof) == ("done", "done")


def after(first: Callable[..., object], *what: object, then: Callable[[], object]) -> object:
    first(*what)
    return then()


def rename(milestone: Milestone) -> None:
    operations.change(milestone, {"title": "改"}, actor=SYSTEM, now=NOW)


def twice(override: HealthOverride) -> None:
    for _time in range(2):
        overrides.withdraw(override, actor=SYSTEM, now=NOW)


REFUSED: dict[str, tuple[Callable[[Cast], object], type[DomainError], str | None]] = {
    "no reason": (lambda c: give(c, reason=" "), RuleBroken, "reason"),
    "a day that is over": (lambda c: give(c, until=date(2023, 1, 11)), RuleBroken, "until"),
    "done": (lambda c: give(c, "done"), RuleBroken, "health"),
    "made up": (lambda c: give(c, "made_up"), RuleBroken, "health"),
    "a second one": (lambda c: (give(c), give(c, "green")), overrides.InForce, None),
    "a completed milestone": (
        lambda c: after(casting.bring, c, c.roof, "completed", then=lambda: give(c)),
        StateConflict,
        None,
    ),
    "a cancelled milestone": (
        lambda c: after(casting.bring, c, c.roof, "cancelled", then=lambda: give(c)),
        StateConflict,
        None,
    ),
    "a closed plan": (lambda c: after(c.close, then=lambda: give(c)), StateConflict, None),
    "an old version": (lambda c: after(rename, c.roof, then=lambda: give(c, version=1)), Conflict, None),
    "a leader who does not supervise": (
        lambda c: overrides.give(c.school, "red", **WORDS, actor=acting(c.leader), now=NOW),
        Forbidden,
        None,
    ),
    "the owner": (lambda c: give(c, actor=acting(c.owner)), Forbidden, None),
    "the coordinator": (lambda c: give(c, actor=acting(c.coordinator)), Forbidden, None),
    "withdrawing twice": (lambda c: twice(give(c)), StateConflict, None),
    "withdrawing what ended": (
        lambda c: overrides.withdraw(give(c), actor=SYSTEM, now=morning(date(2023, 2, 11))),
        StateConflict,
        None,
    ),
    "withdrawing as the owner": (
        lambda c: overrides.withdraw(give(c), actor=acting(c.owner), now=NOW),
        Forbidden,
        None,
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", REFUSED)
def test_refused(supervised: Cast, what: str) -> None:
    act, error, field = REFUSED[what]
    with pytest.raises(error) as refused:
        act(supervised)
    assert refused.value.field == field


@pytest.mark.django_db
def test_a_draft_is_not_assessed(cast: Cast) -> None:
    with pytest.raises(StateConflict):
        give(cast, actor=acting(cast.office))


@pytest.mark.django_db
def test_the_refusal_of_a_second_one_says_which_one_stands(supervised: Cast) -> None:
    give(supervised)
    with translation.override("en"), pytest.raises(overrides.InForce, match="until February 10, 2023 already"):
        give(supervised, "green")


@pytest.mark.django_db
def test_the_office_may_as_well_and_another_may_follow_when_one_has_ended(supervised: Cast) -> None:
    give(supervised, actor=acting(supervised.office), until=NOW.date())
    later = NOW + timedelta(days=1)
    assessing.assess(later)
    supervised.refresh()
    give(supervised, "yellow", now=later)
    assert HealthOverride.objects.count() == 2
    assert stored(supervised.roof) == ("yellow", "override")


# --- Two at once ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_it_at_once_one_wins_and_the_other_hears_of_it(running: Cast) -> None:
    acts = [lambda by=by, colour=colour: set_by(running, by, colour) for by, colour in OFFICE]
    results = together(*acts)
    assert [isinstance(result, HealthOverride) for result in results].count(True) == 1
    assert [isinstance(result, Conflict | overrides.InForce) for result in results].count(True) == 1
    assert HealthOverride.objects.count() == 1


OFFICE = (("office", "red"), ("colleague", "green"))


def set_by(cast: Cast, by: str, colour: str) -> HealthOverride:
    mine = Milestone.objects.select_related("plan").get(pk=cast.roof.pk)
    return overrides.give(mine, colour, **WORDS, actor=acting(getattr(cast, by)), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_write_each_change_once(running: Cast) -> None:
    for number in range(30):
        casting.milestone(running.plan, running.stream, f"M-{number}")
    night = morning(date(2023, 3, 1))
    counts = together(*[lambda: assessing.assess(night)] * 3)
    assert sum(int(str(count)) for count in counts) == 33
    assert set(ChangeEntry.objects.filter(verb="milestone.health", at=night).values_list("version", flat=True)) <= {
        2,
        3,
    }
    assert Milestone.objects.filter(health="yellow").count() == 33


@pytest.mark.django_db(transaction=True)
def test_a_job_passes_by_what_a_verb_is_writing_and_comes_back_for_it(running: Cast) -> None:
    night = morning(date(2023, 1, 29))

    def verb() -> object:
        mine = Milestone.objects.select_related("plan").get(pk=running.roof.pk)
        return operations.change(mine, {"title": "新"}, actor=SYSTEM, now=night)

    written, counted = while_uncommitted(verb, lambda: assessing.assess(night))
    assert written is True
    assessing.assess(night)
    assert stored(running.roof) == ("yellow", "report_late")
    entries = ChangeEntry.objects.of(running.roof).order_by("id")
    assert [entry.version for entry in entries] == [1, 2, 3, 4]
    assert isinstance(counted, int)


@pytest.mark.django_db(transaction=True)
def test_a_verb_waits_for_the_job_and_hears_that_the_health_changed(running: Cast) -> None:
    night = morning(date(2023, 1, 29))
    mine = Milestone.objects.select_related("plan").get(pk=running.roof.pk)
    counted, refused = while_uncommitted(
        lambda: assessing.assess(night),
        lambda: operations.forecast(mine, FuzzyDate.parse("2024"), reason="缓", actor=SYSTEM, now=night),
    )
    assert counted == 2
    assert isinstance(refused, Conflict)
    assert set(refused.fields) == {"health", "health_reason"}


@pytest.mark.django_db(transaction=True)
def test_closing_a_plan_and_the_job_do_not_hold_each_other_up(running: Cast) -> None:
    from milestones.planning import plans

    night: datetime = morning(date(2023, 1, 29))
    results = together(lambda: assessing.assess(night), lambda: plans.close(running.plan, actor=SYSTEM, now=night))
    assert not [result for result in results if isinstance(result, Exception)]
    for one in (running.roof, running.school):
        entries = ChangeEntry.objects.of(one).order_by("id")
        assert [entry.version for entry in entries] == [1, 2, 3]
        assert stored(one) == ("yellow", "report_late")
