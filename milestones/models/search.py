"""What of a row can be searched: a column that follows from others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from milestones.pinyin import findable

FIND = "find"


class FindField(models.TextField):
    """The texts of `sources` as `milestones.pinyin.findable` writes them; kept by every way a row is written."""

    def __init__(self, *sources: str, **options: Any) -> None:
        self.sources = sources
        super().__init__(_("searchable text"), **{"editable": False, "default": "", "db_default": "", **options})

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        return (
            name,
            path,
            list(self.sources),
            {k: v for k, v in kwargs.items() if k not in ("verbose_name", "editable")},
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.of({name: getattr(model_instance, name) for name in self.sources})
        setattr(model_instance, self.attname, value)
        return value

    def of(self, values: Mapping[str, Any]) -> str:
        return findable(*(values[name] or "" for name in self.sources))


@cache
def field_of(model: type[models.Model]) -> FindField | None:
    return next((field for field in model._meta.concrete_fields if isinstance(field, FindField)), None)


def follows(row: models.Model, changed: Mapping[str, Any]) -> dict[str, str]:
    """The searchable text of `row` once `changed` is written; nothing when it stays."""
    field = field_of(type(row))
    if field is None or not changed.keys() & set(field.sources):
        return {}
    return {field.attname: field.of({name: changed.get(name, getattr(row, name)) for name in field.sources})}


NARROW = "milestone_find_sqlite"


def narrow(connection: Any) -> None:
    """On SQLite, where a text inside of texts is found by reading whole rows otherwise, an index of nothing else.

    PostgreSQL reads its tables fast enough, and would refuse texts above 2,704 bytes. Whoever makes the table anew on
    SQLite calls this at the end, as `triggers.install`.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {NARROW} ON milestones_milestone (plan_id, find, id)")


def widen(connection: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {NARROW}")
