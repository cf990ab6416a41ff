"""The index that the ledger's first page is read from; adding one leaves tables and triggers alone."""

from __future__ import annotations

import milestones.models.milestones
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('milestones', '0010_staff_site'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='milestone',
            index=models.Index(models.F('plan'), milestones.models.milestones.HealthRank('health'), models.F('due_on'), models.F('code'), name='milestone_ledger'),
        ),
    ]
