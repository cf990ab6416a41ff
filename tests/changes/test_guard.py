"""Is a text with a classification marking refused by every verb, and is all that stays a row with its hash?"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import translation

from milestones import access
from milestones.actors import Actor
from milestones.changes import guard, record
from milestones.errors import RuleBroken
from milestones.marking import Classified, Marking, Rule, digest
from milestones.models import ChangeEntry, GuardRefusal, Milestone, OutgoingMail, Person, Via
from milestones.people import first_account, organisations
from milestones.people import operations as people
from milestones.planning import day_overrides, lifecycle, operations, plans
from milestones.reminders import policies
from milestones.targets import operations as targets
from tests import cast as casting
from tests.cast import JUNE, LATER, NOW, Q3, SYSTEM, TODAY, YEAR_END, Cast, acting

pytestmark = pytest.mark.django_db

SECRET = "代号蓝鲸 机密★10年"
ALONE = "【秘密】"


def by(cast: Cast) -> dict[str, Any]:
    return {"actor": acting(cast.office), "now": LATER}


def submit(c: Cast, **changed: Any) -> None:
    how = {"actual": TODAY, "statement": "封顶", "evidence": [("照片", "https://example.org/1")], **changed}
    lifecycle.submit(c.roof, **how, actor=acting(c.owner), now=LATER)


def milestone(c: Cast, **changed: Any) -> None:
    values = {"workstream": c.stream, "code": "FIN-09", "title": "新节点", "kind": "policy", "due": YEAR_END, **changed}
    operations.create(c.plan, values, **by(c))


# the act, then the entity and the field whose text is refused
Row = tuple[Callable[[Cast], object], str, str]
OF_A_DRAFT: list[Row] = [
    (lambda c: milestone(c, title=SECRET), "milestone", "title"),
    (lambda c: milestone(c, criterion=f"验收合格\n{ALONE}"), "milestone", "criterion"),
    (lambda c: plans.create({"code": "n", "title": SECRET, "year": 2024, "starts_on": date(2024, 1, 1),
                             "ends_on": date(2024, 12, 31)}, **by(c)), "plan", "title"),
    (lambda c: plans.edit(c.plan, {"title": SECRET}, **by(c)), "plan", "title"),
    (lambda c: plans.create_workstream(c.plan, {"code": "S", "title": SECRET}, **by(c)), "workstream", "title"),
    (lambda c: plans.edit_workstream(c.stream, {"title": SECRET}, **by(c)), "workstream", "title"),
    (lambda c: targets.create(c.plan, {"code": "T2", "name": SECRET, "unit": "%", "measure": "flow_growth",
                                       "value": 20, "workstream": c.stream}, **by(c)), "target", "name"),
    (lambda c: targets.edit(c.target, {"name": SECRET}, **by(c)), "target", "name"),
    (lambda c: organisations.create({"code": "X", "name": SECRET}, **by(c)), "organisation", "name"),
    (lambda c: organisations.edit(c.bureau, {"short_name": ALONE}, **by(c)), "organisation", "short_name"),
    (lambda c: people.create({"display_name": SECRET, "email": "n@example.org"}, **by(c)), "person", "display_name"),
    (lambda c: people.edit(c.owner, {"display_name": ALONE}, **by(c)), "person", "display_name"),
    (lambda c: day_overrides.declare(date(2023, 5, 4), is_working=False, note=SECRET, **by(c)), "dayoverride", "note"),
    (lambda c: policies.create_policy({"code": "p", "name": ALONE}, [policies.StepInput("s", "on_due")], **by(c)),
     "reminderpolicy", "name"),
]  # fmt: skip
OF_A_RUNNING_PLAN: list[Row] = [
    (lambda c: operations.change(c.roof, {"title": SECRET}, **by(c)), "milestone", "title"),
    (lambda c: operations.change(c.roof, {"title": "新", "criterion": SECRET}, **by(c)), "milestone", "criterion"),
    (lambda c: operations.reschedule(c.roof, Q3, reason=SECRET, **by(c)), "milestone", "reason"),
    (lambda c: operations.forecast(c.roof, JUNE, reason=ALONE, **by(c)), "milestone", "reason"),
    (lambda c: operations.assign([c.rules], c.owner, reason=SECRET, **by(c)), "milestone", "reason"),
    (lambda c: operations.hand_over([c.roof, c.school], c.other, reason=SECRET, **by(c)), "milestone", "reason"),
    (lambda c: lifecycle.cancel(c.roof, reason=SECRET, **by(c)), "milestone", "reason"),
    (lambda c: submit(c, statement=SECRET), "milestone", "statement"),
    (lambda c: submit(c, evidence=[(SECRET, "https://example.org/1")]), "evidence", "title"),
    (lambda c: targets.record_reading(c.target, as_of=date(2023, 1, 10), value=Decimal(1), source=SECRET, **by(c)),
     "reading", "source"),
]  # fmt: skip

OF_WORK_SUBMITTED: list[Row] = [
    (lambda c: lifecycle.return_(c.roof, reason=SECRET, **by(c)), "milestone", "reason"),
    (lambda c: lifecycle.cancel(c.roof, reason=f"见附件：{SECRET}", **by(c)), "milestone", "reason"),
]


def stored() -> dict[str, list[Any]]:
    """Every row of every table but those of the refusals and of the session."""
    found = [model for model in apps.get_app_config("milestones").get_models() if model is not GuardRefusal]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in found}


def refused(act: Callable[[], object]) -> Classified:
    with pytest.raises(Classified) as caught:
        act()
    return caught.value


def check(cast: Cast, act: Callable[[Cast], object], entity: str, field: str) -> None:
    before = stored()
    error = refused(lambda: act(cast))
    assert stored() == before
    (row,) = GuardRefusal.objects.all()
    assert (row.entity, row.field, row.sha256, row.via) == (entity, field, error.sha256, Via.WEB)
    assert error.field == field
    for text in (SECRET, ALONE, "蓝鲸"):
        assert text not in f"{error} {error!r} {vars(error)}"


@pytest.mark.parametrize(("act", "entity", "field"), OF_A_DRAFT)
def test_no_verb_of_a_draft_takes_it(cast: Cast, act: Any, entity: str, field: str) -> None:
    check(cast, act, entity, field)


@pytest.mark.parametrize(("act", "entity", "field"), OF_A_RUNNING_PLAN)
def test_no_verb_of_a_running_plan_takes_it(running: Cast, act: Any, entity: str, field: str) -> None:
    check(running, act, entity, field)


@pytest.mark.parametrize(("act", "entity", "field"), OF_WORK_SUBMITTED)
def test_no_verb_about_submitted_work_takes_it(running: Cast, act: Any, entity: str, field: str) -> None:
    casting.submit(running.roof, running.owner)
    check(running, act, entity, field)


def test_the_row_says_who_when_where_and_which_rule(running: Cast) -> None:
    actor = acting(running.office, Via.ADMIN)
    refused(lambda: operations.reschedule(running.roof, Q3, reason=SECRET, actor=actor, now=LATER))
    row = GuardRefusal.objects.get()
    assert (row.actor_id, row.actor_label, row.via, row.at) == (running.office.pk, "office", "admin", LATER)
    assert (row.entity, row.object_id, row.field) == ("milestone", running.roof.pk, "reason")
    assert (row.rule, row.sha256) == ("star", digest(SECRET))


def test_only_the_office_reads_it(running: Cast) -> None:
    refused(lambda: operations.reschedule(running.roof, Q3, reason=SECRET, **by(running)))
    people_of_all_roles: list[Any] = [
        running.office,
        running.leader,
        running.coordinator,
        running.owner,
        running.viewer,
    ]
    clients = [Actor(None, Via.API, client="board", scopes=frozenset({scope})) for scope in ("read", "write")]
    readers = [one for one in people_of_all_roles + clients if access.visible(GuardRefusal.objects.all(), one)]
    assert readers == [running.office]


def test_what_was_never_made_has_no_id(cast: Cast) -> None:
    refused(lambda: milestone(cast, title=SECRET))
    assert GuardRefusal.objects.get().object_id is None


def test_a_refusal_is_a_broken_rule_and_says_what_to_do_in_words(cast: Cast) -> None:
    with translation.override("en"):
        error = refused(lambda: operations.change(cast.roof, {"title": ALONE}, **by(cast)))
    assert isinstance(error, RuleBroken)
    assert error.code == "classified"
    assert "“title” carries a classification marking: a level of secrecy alone on a line." in str(error)


def test_the_object_can_be_written_again_afterwards(running: Cast) -> None:
    seen, entries = running.roof.version, ChangeEntry.objects.of(running.roof).count()
    refused(lambda: operations.reschedule(running.roof, Q3, reason=SECRET, **by(running)))
    operations.reschedule(running.roof, Q3, reason="台风", version=seen, **by(running))
    assert ChangeEntry.objects.of(running.roof).count() == entries + 1


def test_a_sentence_about_secrecy_is_no_marking(running: Cast) -> None:
    operations.reschedule(
        running.roof, Q3, reason="涉及商业秘密，需补签保密协议；密级为机密的文件另行报送", **by(running)
    )
    assert not GuardRefusal.objects.exists()


def test_a_text_that_is_there_already_does_not_stand_in_the_way_of_another(cast: Cast) -> None:
    """Written before the guard was: other columns can still be edited, and the text removed."""
    Milestone.objects.filter(pk=cast.roof.pk).update(title=SECRET)
    cast.roof.refresh_from_db()
    operations.change(cast.roof, {"title": SECRET, "weight": 3}, **by(cast))
    operations.change(cast.roof, {"title": "中心结构封顶"}, **by(cast))
    assert not GuardRefusal.objects.exists()


def test_no_mail_and_no_log_line_carries_the_text(running: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with connection.execute_wrapper(_never_in_a_statement):
        refused(lambda: operations.reschedule(running.roof, Q3, reason=SECRET, **by(running)))
        refused(lambda: submit(running, evidence=[(SECRET, "https://example.org/1")]))
    assert not OutgoingMail.objects.exists()
    assert "蓝鲸" not in caplog.text
    assert caplog.text.count("classified_text_refused") == 2
    assert digest(SECRET) in caplog.text


def _never_in_a_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert "蓝鲸" not in f"{sql} {params}"
    return execute(sql, params, many, context)


# --- Around the verb --------------------------------------------------------------------------------------------------
class Undone(Exception):
    """Some other reason to roll back."""


def test_the_row_outlives_every_roll_back_of_a_verb_in_a_verb(running: Cast) -> None:
    def two_verbs() -> None:
        with record.writing(**by(running)):
            operations.change(running.roof, {"title": "新"}, **by(running))
            operations.reschedule(running.school, Q3, reason=SECRET, **by(running))

    refused(two_verbs)
    running.roof.refresh_from_db()
    assert running.roof.title == "节点 FIN-01"
    assert GuardRefusal.objects.count() == 1


def test_it_is_kept_too_when_somebody_caught_the_refusal_and_goes_on(running: Cast) -> None:
    with record.writing(**by(running)):
        with contextlib.suppress(Classified):
            operations.reschedule(running.school, Q3, reason=SECRET, **by(running))
        operations.change(running.roof, {"title": "新"}, **by(running))
    running.roof.refresh_from_db()
    assert running.roof.title == "新"
    assert GuardRefusal.objects.count() == 1


def test_it_is_kept_too_when_all_is_undone_for_another_reason(running: Cast) -> None:
    with contextlib.suppress(Undone), record.writing(**by(running)):
        with contextlib.suppress(Classified), transaction.atomic():
            operations.reschedule(running.school, Q3, reason=SECRET, **by(running))
        raise Undone
    assert GuardRefusal.objects.count() == 1


def test_the_same_text_for_many_objects_is_one_refusal(running: Cast) -> None:
    with record.writing(**by(running)):
        for one in (running.roof, running.school, running.rules):
            with contextlib.suppress(Classified), transaction.atomic():
                operations.reschedule(one, Q3, reason=SECRET, **by(running))
        with contextlib.suppress(Classified), transaction.atomic():
            operations.reschedule(running.roof, Q3, reason=ALONE, **by(running))
    assert list(GuardRefusal.objects.values_list("object_id", "rule")) == [
        (running.roof.pk, "star"), (running.roof.pk, "alone")]  # fmt: skip


def test_a_foreign_transaction_around_it_goes_on(running: Cast) -> None:
    with transaction.atomic():
        with contextlib.suppress(Classified):
            operations.reschedule(running.school, Q3, reason=SECRET, **by(running))
        operations.change(running.roof, {"title": "新"}, **by(running))
    assert GuardRefusal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_foreign_transaction_that_opens_an_attempt_around_itself_keeps_the_row(running: Cast) -> None:
    with pytest.raises(Classified), guard.attempt(), transaction.atomic():
        operations.reschedule(running.school, Q3, reason=SECRET, **by(running))
    assert GuardRefusal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_foreign_transaction_that_does_not_takes_the_row_with_it_but_the_log_line_stays(
    running: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Classified), transaction.atomic():
        operations.reschedule(running.school, Q3, reason=SECRET, **by(running))
    assert not GuardRefusal.objects.exists()
    assert digest(SECRET) in caplog.text


def test_in_a_transaction_that_can_only_be_rolled_back_the_refusal_is_still_the_error(db: None) -> None:
    def in_ruins() -> None:
        with transaction.atomic():
            transaction.set_rollback(True)
            guard.check({"title": SECRET}, actor=SYSTEM, now=NOW)

    assert refused(in_ruins).field == "title"
    assert not GuardRefusal.objects.exists()


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    return casting.assemble()


def test_really_committed_and_really_rolled_back(committed: Cast) -> None:
    committed.activate()
    before = stored()
    refused(lambda: operations.reschedule(committed.roof, Q3, reason=SECRET, **by(committed)))
    assert stored() == before
    assert GuardRefusal.objects.count() == 1


def test_the_first_account_is_no_way_around(transactional_db: None) -> None:
    refused(lambda: first_account.create("office@example.org", SECRET, None, now=NOW))
    assert not Person.objects.exists()
    assert GuardRefusal.objects.get().actor_label == "system"


# --- For ways in that know more than one row, or a file ---------------------------------------------------------------
def test_many_rows_are_asked_about_at_once(running: Cast) -> None:
    rows = [{"title": f"节点 {n}", "criterion": "封顶"} for n in range(1000)] + [{"title": SECRET}]
    error = refused(lambda: guard.check({"rows": rows}, entity="milestone", actor=SYSTEM, now=NOW))
    assert (error.field, error.place) == ("rows", "rows[1000].title")
    assert GuardRefusal.objects.get().field == "rows[1000].title"


def test_a_marking_found_in_a_file_is_kept_with_the_hash_of_the_file(running: Cast) -> None:
    found, of_file = Marking(Rule.LEVEL, 3, 1), "ab" * 32
    how: Any = {"field": "file", "label": "文件", "sha256": of_file, "entity": "evidence", "actor": SYSTEM, "now": NOW}
    error = refused(lambda: guard.refuse(found, **how))
    assert (error.field, error.marking) == ("file", found)
    assert "“文件”" in str(error)
    row = GuardRefusal.objects.get()
    assert (row.entity, row.field, row.rule, row.sha256) == ("evidence", "file", "level", of_file)
