"""How does a plan file become rows? In one transaction, through the verbs; a second load changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import DomainError
from milestones.exchange.checks import Known
from milestones.exchange.problems import BadPlanFile, Problem
from milestones.exchange.rows import PlanFile, Row
from milestones.exchange.summary import CREATED, UNCHANGED, UPDATED, Summary
from milestones.models import Milestone, Organisation, Person, Plan, Target, Workstream, normal_email
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import operations as milestones
from milestones.planning import plans
from milestones.targets import operations as targets

Values = dict[str, Any]


def known() -> Known:
    """What a file may refer to: the active organisations and people of the database."""
    return Known(
        organisations=frozenset(Organisation.objects.active().values_list("code", flat=True)),
        people=frozenset(email.lower() for email in Person.objects.active().values_list("email", flat=True)),
    )


def load(file: PlanFile, *, actor: Actor, now: datetime, is_demo: bool = False, dry_run: bool = False) -> Summary:
    """Create what is missing and bring the rest to the file's values; keys that are not in the file stay as they are,
    rows that are not in the file are left alone, a new plan stays a draft.

    A plan that is no longer a draft is never changed by a file: equal rows are `unchanged`, a difference is a problem.
    Raises BadPlanFile with every problem, and nothing is written. `dry_run` undoes all at the end.
    """
    loading = _Loading(file, actor, now, is_demo)
    with record.writing(actor=actor, now=now):
        loading.run()
        if loading.problems:
            raise BadPlanFile(loading.problems)
        transaction.set_rollback(dry_run)
    return loading.summary


@dataclass
class _Loading:
    file: PlanFile
    actor: Actor
    now: datetime
    is_demo: bool
    summary: Summary = field(default_factory=Summary)
    problems: list[Problem] = field(default_factory=list)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    workstreams: dict[str, Workstream] = field(default_factory=dict)

    def run(self) -> None:
        self.organisations = {found.code: found for found in Organisation.objects.all()}
        self.people = {found.email.lower(): found for found in Person.objects.prefetch_related("grants")}
        for row in _parents_first(self.file.organisations):
            self._organisation(row)
        for row in self.file.people:
            self._person(row)
        if self.file.plan is not None and not self.problems:
            self._all_of_plan(self.file.plan)

    def _all_of_plan(self, row: Row) -> None:
        plan = self._plan(row)
        if plan is None:
            return
        self.workstreams = {found.code: found for found in plan.workstreams.all()}
        for position, row in enumerate(self.file.workstreams, 1):
            self._workstream(plan, row, position)
        held = {
            found.code: found for found in plan.milestones.select_related("plan", "accountable", "lead", "workstream")
        }
        for row in self.file.milestones:
            self._milestone(plan, row, held.get(row.key))
        figures = {found.code: found for found in plan.targets.select_related("plan", "lead", "workstream")}
        for row in self.file.targets:
            self._target(plan, row, figures.get(row.key))
        self._count_others(plan, held, figures)

    # One row a table

    def _organisation(self, row: Row) -> None:
        values = _without(row, "code", "parent") | self._references(row, parent=self.organisations)
        found = self.organisations.get(row.key)
        if found is None:
            new = {**values, "code": row.key}
            made = self._do(
                row, lambda: organisations.create(new, actor=self.actor, now=self.now, is_demo=self.is_demo)
            )
            self._keep(self.organisations, row, made)
        else:
            self._bring(row, found, values, lambda: organisations.edit(found, values, actor=self.actor, now=self.now))

    def _person(self, row: Row) -> None:
        values = _without(row, "email", "roles", "organisation") | self._references(
            row, organisation=self.organisations
        )
        roles, found = row.get("roles"), self.people.get(row.key)
        if found is None:
            new = {**values, "email": row.values["email"]}
            demo = self.is_demo
            made = self._do(
                row,
                lambda: people.create(new, roles=roles or (), actor=self.actor, now=self.now, is_demo=demo),
            )
            self._keep(self.people, row, made)
            return
        regranted = ("roles",) if roles is not None and set(roles) != found.roles else ()
        self._bring(
            row,
            found,
            values,
            lambda: people.edit(found, values, roles=roles, actor=self.actor, now=self.now),
            regranted,
        )

    def _plan(self, row: Row) -> Plan | None:
        values = _without(row, "code")
        found = Plan.objects.filter(code=row.key).first()
        if found is None:
            new = {**values, "code": row.key}
            made = self._do(row, lambda: plans.create(new, actor=self.actor, now=self.now, is_demo=self.is_demo))
            self._keep({}, row, made)
            return made
        self._bring(row, found, values, lambda: plans.edit(found, values, actor=self.actor, now=self.now), plan=found)
        return found

    def _workstream(self, plan: Plan, row: Row, position: int) -> None:
        values = _without(row, "code", "lead") | self._references(row, lead=self.organisations)
        values["position"] = position
        found = self.workstreams.get(row.key)
        if found is not None:
            found.plan = plan
            edit = plans.edit_workstream
            self._bring(row, found, values, lambda: edit(found, values, actor=self.actor, now=self.now), plan=plan)
            return
        new = {**values, "code": row.key}
        self._create(
            plan, row, self.workstreams, lambda: plans.create_workstream(plan, new, actor=self.actor, now=self.now)
        )

    def _milestone(self, plan: Plan, row: Row, found: Milestone | None) -> None:
        values = (
            _without(row, "code", "workstream", "accountable", "lead", "span")
            | _span(row)
            | self._references(row, workstream=self.workstreams, accountable=self.people, lead=self.organisations)
        )
        if found is not None:
            edit = milestones.change
            self._bring(row, found, values, lambda: edit(found, values, actor=self.actor, now=self.now), plan=plan)
            return
        new = {**values, "code": row.key}
        self._create(plan, row, {}, lambda: milestones.create(plan, new, actor=self.actor, now=self.now))

    def _target(self, plan: Plan, row: Row, found: Target | None) -> None:
        values = _without(row, "code", "workstream", "span") | _span(row)
        values |= self._references(row, workstream=self.workstreams)
        values["value_max"] = row.get("value_max")  # part of the bound: what the file leaves out is not there
        if found is not None:
            edit = targets.edit
            self._bring(row, found, values, lambda: edit(found, values, actor=self.actor, now=self.now), plan=plan)
            return
        stream = values.get("workstream")
        new = {"lead": stream.lead if stream else None, **values, "code": row.key}
        self._create(plan, row, {}, lambda: targets.create(plan, new, actor=self.actor, now=self.now))

    # What all tables share

    def _create(self, plan: Plan, row: Row, keep: dict[str, Any], make: Callable[[], Any]) -> None:
        if plan.is_draft:
            self._keep(keep, row, self._do(row, make))
        else:
            message = _("The plan is no longer a draft and has no such row; add it in the administration.")
            self._problem(row, "", f"plan-{plan.state}", message)

    def _bring(
        self,
        row: Row,
        found: models.Model,
        values: Mapping[str, Any],
        edit: Callable[[], Any],
        also: tuple[str, ...] = (),
        plan: Plan | None = None,
    ) -> None:
        moved = tuple(name for name, value in values.items() if getattr(found, name) != value) + also
        if plan is not None and not plan.is_draft:
            for name in moved:
                self._refuse(row, found, name, values[name], plan)
        elif moved:
            self._do(row, edit)
        self.summary.add(row.table, row.key, UPDATED if moved else UNCHANGED, moved)

    def _refuse(self, row: Row, found: models.Model, name: str, value: Any, plan: Plan) -> None:
        message = _(
            "The plan is no longer a draft: %(old)s is not replaced by %(new)s. Change it in the administration."
        )
        params = {"old": _shown(getattr(found, name)), "new": _shown(value)}
        self._problem(row, "span" if name.startswith("source_") else name, f"plan-{plan.state}", message, params)

    def _do(self, row: Row, verb: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                return verb()
        except DomainError as error:
            self._problem(row, error.field or "", error.code, "%(said)s", {"said": error})
            return None

    def _keep(self, where: dict[str, Any], row: Row, made: Any) -> None:
        if made is not None:
            where[row.key] = made
            self.summary.add(row.table, row.key, CREATED)

    def _references(self, row: Row, **tables: Mapping[str, Any]) -> Values:
        """The named rows for the codes of these keys; an empty text means none, an absent key nothing at all."""
        return {key: _named(row.values[key], table) for key, table in tables.items() if key in row.values}

    def _problem(self, row: Row, key: str, rule: str, message: Any, params: Mapping[str, Any] | None = None) -> None:
        table = f"{row.table}[{row.number}]" if row.number else row.table
        path = f"{table}.{key}" if key else table
        self.problems.append(Problem(self.file.name, self.file.line_of(row, key), path, rule, message, params or {}))

    def _count_others(self, plan: Plan, held: Iterable[str], figures: Iterable[str]) -> None:
        tables = {"workstreams": self.workstreams, "milestones": held, "targets": figures}
        for table, codes in tables.items():
            named = {row.key for row in getattr(self.file, table)}
            self.summary.only_in_database += [f"{plan.code}/{code}" for code in sorted(set(codes) - named)]


def _named(name: str, table: Mapping[str, Any]) -> Any:
    """The row of that code; people go by their address, whatever its case. The checks made sure that it is there."""
    return (table.get(name) or table[normal_email(name).lower()]) if name else None


def _without(row: Row, *keys: str) -> Values:
    return {key: value for key, value in row.values.items() if key not in keys}


def _span(row: Row) -> Values:
    return {"source_start": row.values["span"][0], "source_end": row.values["span"][1]} if "span" in row.values else {}


def _shown(value: Any) -> str:
    return "—" if value in (None, "") else str(value)


def _parents_first(rows: tuple[Row, ...]) -> list[Row]:
    """Organisations so ordered that each stands after the one above it, if that one is in the file."""
    waiting, ordered = {row.key: row for row in rows}, list[Row]()

    def place(row: Row) -> None:
        above = waiting.get(row.get("parent") or "")
        if above is not None:
            place(waiting.pop(above.key))
        ordered.append(row)

    while waiting:
        place(waiting.pop(next(iter(waiting))))
    return ordered
