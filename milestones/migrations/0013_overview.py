"""What an overview sums up: the progress as last reported beside each milestone, and indexes that hold all it reads."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q

from milestones.models import triggers

SLIPPED = Q(forecast_on__gt=F("due_on")) | Q(due_on__gt=F("baseline_on")) | Q(actual_on__gt=F("due_on"))
INDEXES = (
    models.Index(
        fields=["plan", "workstream", "health", "state", "weight", "reported_progress"], name="milestone_standing"
    ),
    models.Index(
        fields=["plan", "state", "due_on", "forecast_on", "baseline_on", "weight", "id"], name="milestone_course"
    ),
    models.Index(fields=["plan", "state", "actual_on", "forecast_on", "weight"], name="milestone_ends"),
    models.Index(
        fields=["plan", "baseline_on", "due_on", "forecast_on", "actual_on", "state", "id"],
        condition=SLIPPED,
        name="milestone_slipped",
    ),
    models.Index(
        fields=["plan", "state", "due_on", "weight", "id"],
        condition=Q(accountable__isnull=True),
        name="milestone_unassigned",
    ),
    models.Index(fields=["plan", "id"], condition=Q(carried_from__isnull=False), name="milestone_carried"),
)


def set_again(apps, schema_editor):
    triggers.install(schema_editor.connection)


def fill(apps, schema_editor):
    newest = triggers.NEWEST_PROGRESS.replace("{row}.milestone_id", "milestones_milestone.id")
    schema_editor.execute(f"UPDATE milestones_milestone SET reported_progress = {newest}")  # noqa: S608


def lift(apps, schema_editor):
    """Going back: triggers that write a column which is about to go."""
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("milestones", "0012_sign_in"),
    ]

    operations = [
        migrations.RunPython(set_again, set_again),
        migrations.AddField(
            model_name="milestone",
            name="reported_progress",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="progress as last reported", editable=False),
        ),
        *[migrations.AddIndex(model_name="milestone", index=index) for index in INDEXES],
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(set_again, lift),
    ]
