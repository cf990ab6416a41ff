"""Every installation starts with the default ladder."""

from datetime import date

from django.db import migrations
from django.utils import timezone

LADDER = (
    ("before-30", "before_due", 30, False),
    ("before-14", "before_due", 14, False),
    ("before-7", "before_due", 7, False),
    ("before-3", "before_due", 3, False),
    ("before-1", "before_due", 1, False),
    ("due", "on_due", 0, False),
    ("overdue-3", "after_due", 3, True),
    ("pace-check", "pace_check", 5, False),
)


def install(apps, schema_editor):
    policy, step, version = (
        apps.get_model("milestones", name) for name in ("ReminderPolicy", "ReminderStep", "StepVersion")
    )
    if policy.objects.filter(is_default=True).exists():
        return
    now = timezone.now()
    ladder = policy.objects.create(
        code="default", name="默认提醒阶梯", is_default=True, created_at=now, updated_at=now
    )
    for code, anchor, offset, repeats in LADDER:
        rung = step.objects.create(policy=ladder, code=code)
        version.objects.create(
            step=rung, effective_from=date(2000, 1, 1), anchor=anchor, offset=offset, repeats=repeats
        )


class Migration(migrations.Migration):
    dependencies = [("milestones", "0002_triggers")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
