"""Every installation starts with the default ladder."""

from django.db import migrations
from django.utils import timezone

from milestones.models import default_ladder


def install(apps, schema_editor):
    names = ("ReminderPolicy", "ReminderStep", "StepVersion")
    default_ladder.install(*(apps.get_model("milestones", name) for name in names), timezone.now())


class Migration(migrations.Migration):
    dependencies = [("milestones", "0002_triggers")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
