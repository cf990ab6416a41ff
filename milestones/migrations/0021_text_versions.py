import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("milestones", "0020_security_mail"),
    ]

    operations = [
        migrations.AddField(
            model_name="intaketext",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="newer",
                to="milestones.intaketext",
                verbose_name="newer version of",
            ),
        ),
    ]
