"""Texts that the classification guard refused; append-only."""

from django.db import migrations, models

from milestones.models import triggers


def lift(apps, schema_editor):
    triggers.remove(schema_editor.connection)


def set_again(apps, schema_editor):
    triggers.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("milestones", "0005_whole_domain")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, set_again),
        migrations.CreateModel(
            name='GuardRefusal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('actor_id', models.UUIDField(null=True, verbose_name='actor id')),
                ('actor_label', models.CharField(max_length=120, verbose_name='by')),
                ('client', models.CharField(blank=True, max_length=80, verbose_name='client')),
                ('via', models.CharField(choices=[('api', 'API'), ('web', 'web page'), ('admin', 'admin'), ('import', 'import'), ('mail', 'mail'), ('system', 'system')], max_length=6, verbose_name='way in')),
                ('entity', models.CharField(blank=True, max_length=30, verbose_name='entity')),
                ('object_id', models.UUIDField(null=True, verbose_name='object')),
                ('field', models.CharField(max_length=80, verbose_name='field')),
                ('rule', models.CharField(max_length=20, verbose_name='rule')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the text')),
            ],
            options={
                'verbose_name': 'refused text',
                'verbose_name_plural': 'refused texts',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('via__in', ['api', 'web', 'admin', 'import', 'mail', 'system'])), name='refusal_via_known'), models.CheckConstraint(condition=models.Q(('sha256', ''), _negated=True), name='refusal_has_a_hash')],
            },
        ),
        migrations.RunPython(set_again, lift),
    ]
