"""Which tables and keys does a plan file have? This is the whole format; docs/how-to/load-a-plan.md explains it."""

from __future__ import annotations

from milestones.exchange import fields
from milestones.exchange.fields import Field
from milestones.models import Bound, Kind, Language, Measure, OrganisationKind, Role

TABLES: dict[str, tuple[Field, ...]] = {
    "plan": (
        Field("code", fields.code(60), required=True),
        Field("title", fields.filled(fields.text(200)), required=True),
        Field("title_en", fields.text(200)),
        Field("year", fields.year, required=True),
        Field("starts_on", fields.day, required=True),
        Field("ends_on", fields.day, required=True),
        Field("time_zone", fields.time_zone),
    ),
    "organisations": (
        Field("code", fields.code(40), required=True),
        Field("name", fields.filled(fields.text(200)), required=True),
        Field("short_name", fields.text(60)),
        Field("kind", fields.choice(OrganisationKind.values)),
        Field("parent", fields.text(40)),
    ),
    "people": (
        Field("email", fields.email, required=True),
        Field("display_name", fields.filled(fields.text(80)), required=True),
        Field("organisation", fields.text(40)),
        Field("roles", fields.choices(Role.values)),
        Field("language", fields.choice(Language.values)),
    ),
    "workstreams": (
        Field("code", fields.code(20), required=True),
        Field("title", fields.filled(fields.text(120)), required=True),
        Field("title_en", fields.text(120)),
        Field("lead", fields.text(40)),
    ),
    "milestones": (
        Field("code", fields.code(40), required=True),
        Field("workstream", fields.code(20), required=True),
        Field("title", fields.filled(fields.text(200)), required=True),
        Field("title_en", fields.text(200)),
        Field("kind", fields.choice(Kind.values), required=True),
        Field("stage", fields.text(40)),
        Field("due", fields.due, required=True),
        Field("accountable", fields.text(254)),
        Field("lead", fields.text(40)),
        Field("criterion", fields.text(4000, lines=True)),
        Field("span", fields.span),
    ),
    "targets": (
        Field("code", fields.code(40), required=True),
        Field("workstream", fields.text(20)),
        Field("name", fields.filled(fields.text(200)), required=True),
        Field("name_en", fields.text(200)),
        Field("unit", fields.filled(fields.text(20)), required=True),
        Field("measure", fields.choice(Measure.values), required=True),
        Field("bound", fields.choice(Bound.values), required=True),
        Field("value", fields.number, required=True),
        Field("value_max", fields.number),
        Field("span", fields.span),
    ),
}

# (table, key) → the table whose rows it names
REFERENCES = {
    ("organisations", "parent"): "organisations",
    ("people", "organisation"): "organisations",
    ("workstreams", "lead"): "organisations",
    ("milestones", "workstream"): "workstreams",
    ("milestones", "accountable"): "people",
    ("milestones", "lead"): "organisations",
    ("targets", "workstream"): "workstreams",
}
NEEDS_PLAN = ("workstreams", "milestones", "targets")
