"""What waits for a decision is found among all that was decided."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("milestones", "0015_narrow_index"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="statusreport", index=models.Index(fields=["state", "milestone"], name="report_state")
        ),
        migrations.AddIndex(
            model_name="evidence", index=models.Index(fields=["state", "milestone"], name="evidence_state")
        ),
    ]
