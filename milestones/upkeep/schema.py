"""Are the database's tables those of this version?"""

from __future__ import annotations

from functools import cache

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Migration = tuple[str, str]


@cache
def known() -> frozenset[Migration]:
    """Every migration of this version, as (app, name): read from disk once a process."""
    return frozenset(MigrationLoader(None).graph.nodes)


def applied(connection: BaseDatabaseWrapper) -> frozenset[Migration]:
    """What the database says was applied, squashed ones included; empty for an empty database."""
    return frozenset(MigrationRecorder(connection).applied_migrations())


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """`app.name` of what this version needs and the database does not have."""
    return sorted(".".join(one) for one in known() - applied(connection))


def newest(migrations: frozenset[Migration]) -> list[Migration]:
    """The targets that lead to exactly these migrations: those that no other one of them in the same app builds on."""
    graph = MigrationLoader(None).graph
    parents = {parent.key for one in migrations for parent in graph.node_map[one].parents if parent.key[0] == one[0]}
    return sorted(migrations - parents)
