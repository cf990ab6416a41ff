"""What may somebody say about how they are reminded, what can nobody silence, and who sees it?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from milestones.errors import Forbidden, RuleBroken, UnknownField
from milestones.models import ChangeEntry, Person, StepVersion, Via
from milestones.people import export, preferences
from milestones.people import operations as people
from tests.cast import LATER, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db
ROLES = ("office", "leader", "owner", "coordinator", "viewer")
HOW: dict[str, Any] = {"actor": SYSTEM, "now": LATER}


def test_a_person_sets_their_own_and_history_tells(cast: Cast) -> None:
    mine = {"language": "en", "time_zone": "Europe/London", "send_hour": 7, "digest_frequency": "immediate"}
    steps = ["overdue-3", "before-30", "before-30"]
    assert people.set_preferences(cast.owner, {**mine, "muted_steps": steps}, actor=acting(cast.owner), now=LATER)
    entry = ChangeEntry.objects.of(cast.owner).latest("id")
    assert entry.verb == "person.set_preferences"
    assert entry.changes["muted_steps"] == [[], ["before-30", "overdue-3"]]
    assert entry.changes["digest_frequency"] == ["daily", "immediate"]
    assert people.set_preferences(cast.owner, {"muted_steps": ["before-30", "overdue-3"]}, **HOW) is False


def test_nobody_sets_anothers_but_the_office(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        people.set_preferences(cast.owner, {"send_hour": 7}, actor=acting(cast.other), now=LATER)
    with pytest.raises(Forbidden):
        people.mute_step(cast.owner, "before-30", actor=acting(cast.other), now=LATER)
    assert people.set_preferences(cast.owner, {"send_hour": 7}, actor=acting(cast.office), now=LATER)


WRONG: list[tuple[str, Any, str]] = [
    ("language", "fr", "choice"),
    ("time_zone", "Mars/Olympus", "time_zone"),
    ("send_hour", 24, "hour"),
    ("send_hour", -1, "hour"),
    ("send_hour", "8", "hour"),
    ("send_hour", True, "hour"),
    ("digest_frequency", "hourly", "choice"),
    ("muted_steps", "before-30", "list"),
    ("muted_steps", [7], "list"),
    ("muted_steps", ["before-99"], "unknown_step"),
    ("muted_steps", ["before-30", "before-7"], "notice"),
    ("muted_steps", ["overdue-15"], "notice"),
    ("muted_steps", ["due"], "deadline"),
]


@pytest.mark.parametrize(("name", "value", "code"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_value_that_cannot_be_is_refused_at_its_field(cast: Cast, name: str, value: Any, code: str) -> None:
    for verb in (people.set_preferences, people.edit):
        with pytest.raises(RuleBroken) as refusal:
            verb(cast.owner, {name: value}, **HOW)
        assert (refusal.value.field, refusal.value.code) == (name, code)
    with pytest.raises(RuleBroken):
        people.create({"display_name": "x", "email": "x@example.org", name: value}, **HOW)


def test_what_is_no_preference_is_not_set(cast: Cast) -> None:
    with pytest.raises(UnknownField):
        people.set_preferences(cast.owner, {"organisation": None}, **HOW)


def test_a_step_is_muted_once(cast: Cast) -> None:
    by_mail: dict[str, Any] = {"actor": acting(cast.owner, Via.MAIL), "now": LATER}
    assert people.mute_step(cast.owner, "overdue-3", **by_mail)
    assert people.mute_step(cast.owner, "before-30", **by_mail)
    assert people.mute_step(cast.owner, "before-30", **by_mail) is False
    assert Person.objects.get(pk=cast.owner.pk).muted_steps == ["before-30", "overdue-3"]
    entry = ChangeEntry.objects.of(cast.owner).latest("id")
    assert (entry.verb, entry.via) == ("person.mute_step", "mail")


@pytest.mark.parametrize("code", ["before-7", "due", "behind", "nonsense"])
def test_no_link_of_a_mail_mutes_what_nobody_can(cast: Cast, code: str) -> None:
    with pytest.raises(RuleBroken):
        people.mute_step(cast.owner, code, actor=acting(cast.owner, Via.MAIL), now=LATER)


def test_what_became_of_a_muted_step_keeps_nobody_from_setting_the_rest(cast: Cast) -> None:
    people.mute_step(cast.owner, "before-30", **HOW)
    people.mute_step(cast.owner, "before-14", **HOW)
    StepVersion.objects.filter(step__code="before-30").update(level="blue")
    StepVersion.objects.filter(step__code="before-14").update(effective_until=date(2023, 2, 1))
    assert people.set_preferences(cast.owner, {"muted_steps": ["before-14", "before-30"], "send_hour": 6}, **HOW)
    assert [code for code, _words in preferences.choices(cast.owner, LATER.date())][-2:] == ["before-14", "before-30"]
    assert people.set_preferences(cast.owner, {"muted_steps": ["before-30"]}, **HOW)
    with pytest.raises(RuleBroken):
        people.set_preferences(cast.owner, {"muted_steps": ["before-14", "before-30"]}, **HOW)


def test_the_choices_come_as_the_days_do_and_have_no_notice_and_no_deadline(cast: Cast) -> None:
    codes = list(preferences.mutable_steps(LATER.date()))
    assert codes[:4] == ["before-30", "before-14", "before-3", "before-1"]
    assert not {"before-7", "due", "overdue-5", "overdue-15", "behind"} & set(codes)
    with translation.override("en"):
        assert preferences.mutable_steps(LATER.date())["before-30"] == "30 working days before the deadline"


def test_the_weekly_bulletin_is_offered_to_whom_it_is_written(cast: Cast) -> None:
    offered = {who: "bulletin" in dict(preferences.choices(getattr(cast, who), LATER.date())) for who in ROLES}
    assert offered == {"office": True, "leader": True, "owner": False, "coordinator": False, "viewer": False}
    assert people.mute_step(cast.leader, "bulletin", actor=acting(cast.leader, Via.MAIL), now=LATER)


def test_who_mutes_something_is_found(cast: Cast) -> None:
    people.mute_step(cast.owner, "before-30", **HOW)
    people.mute_digest(cast.other, **HOW)
    assert set(Person.objects.filter(preferences.MUTES)) == {cast.owner, cast.other}


def test_what_is_held_on_a_person_has_their_preferences(cast: Cast) -> None:
    people.set_preferences(cast.owner, {"digest_frequency": "immediate", "muted_steps": ["before-30"]}, **HOW)
    held = json.loads("".join(export.export(cast.owner, actor=acting(cast.owner), now=LATER)))
    assert held["account"][0]["digest_frequency"] == "immediate"
    assert held["account"][0]["muted_steps"] == ["before-30"]
