"""Published texts that were read for a plan, and what was decided on what they propose."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import milestones.models.base


class Migration(migrations.Migration):
    dependencies = [
        ("milestones", "0017_sign_in_done_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="IntakeText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("text", models.TextField(verbose_name="text")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("proposals", models.JSONField(default=list, verbose_name="proposals")),
                ("headings", models.JSONField(default=list, verbose_name="headings")),
                ("passed", models.JSONField(default=list, verbose_name="passed over")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="texts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="read in by",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="milestones.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "text that was read",
                "verbose_name_plural": "texts that were read",
                "ordering": ["-created_at"],
            },
        ),
        migrations.AddIndex(
            model_name="intaketext", index=models.Index(fields=["plan", "-created_at"], name="intake_latest")
        ),
        migrations.AddConstraint(
            model_name="intaketext",
            constraint=models.UniqueConstraint(fields=("plan", "sha256"), name="intake_text_once"),
        ),
    ]
