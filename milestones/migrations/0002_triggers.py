"""Append-only rows and the fixed baseline, held by the database itself."""

from django.db import migrations

from milestones.models import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("milestones", "0001_core")]
    operations = [migrations.RunPython(install, remove)]
