"""On SQLite an index of the texts that are searched."""

from __future__ import annotations

from django.db import migrations

from milestones.models import search


def make(apps, schema_editor):
    search.narrow(schema_editor.connection)


def drop(apps, schema_editor):
    search.widen(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('milestones', '0014_imports'),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
