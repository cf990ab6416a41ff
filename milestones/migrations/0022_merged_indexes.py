"""What an overview sums up by days is one small index; what waits for a verifier, and children, have their own."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("milestones", "0021_text_versions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                fields=["plan", "state", "due_on", "forecast_on", "actual_on", "baseline_on", "weight"],
                name="milestone_days",
            ),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="milestone_children"),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                fields=["plan", "due_on", "submitted_by"], condition=Q(state="submitted"), name="milestone_waiting"
            ),
        ),
        migrations.RemoveIndex(model_name="milestone", name="milestone_course"),
        migrations.RemoveIndex(model_name="milestone", name="milestone_ends"),
    ]
