"""What can be searched, views that people keep, and long work; triggers as before."""

from __future__ import annotations

import django.db.models.deletion
import milestones.models.base
import milestones.models.search
from django.conf import settings
from django.db import migrations, models

from milestones.models import triggers
from milestones.models.search import field_of

FOUND = ("milestone", "organisation", "person", "target")
AT_ONCE = 1000


def lift(apps, schema_editor):
    """SQLite makes a table anew to add a column, and its triggers go with the old one."""
    triggers.remove(schema_editor.connection)


def set_again(apps, schema_editor):
    triggers.install(schema_editor.connection)


def fill(apps, schema_editor):
    for name in FOUND:
        model = apps.get_model("milestones", name)
        field = field_of(model)
        batch = []
        for row in model.objects.only("pk", *field.sources).iterator(AT_ONCE):
            row.find = field.of({source: getattr(row, source) for source in field.sources})
            batch.append(row)
            if len(batch) == AT_ONCE:
                model.objects.bulk_update(batch, ["find"])
                batch = []
        model.objects.bulk_update(batch, ["find"])


class Migration(migrations.Migration):

    dependencies = [
        ('milestones', '0009_mirroring'),
    ]

    operations = [
        migrations.RunPython(lift, set_again),
        migrations.AddField(
            model_name='milestone',
            name='find',
            field=milestones.models.search.FindField('code', 'title', 'title_en', db_default='', default=''),
        ),
        migrations.AddField(
            model_name='organisation',
            name='find',
            field=milestones.models.search.FindField('code', 'name', 'short_name', db_default='', default=''),
        ),
        migrations.AddField(
            model_name='person',
            name='find',
            field=milestones.models.search.FindField('display_name', 'email', db_default='', default=''),
        ),
        migrations.AddField(
            model_name='target',
            name='find',
            field=milestones.models.search.FindField('code', 'name', 'name_en', db_default='', default=''),
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], default='zh-hans', max_length=7, verbose_name='language')),
                ('params', models.JSONField(default=dict, verbose_name='parameters')),
                ('state', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=7, verbose_name='state')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='done')),
                ('total', models.PositiveIntegerField(null=True, verbose_name='of')),
                ('message', models.TextField(blank=True, help_text="why it failed, in the person's language", verbose_name='message')),
                ('result', models.JSONField(default=dict, verbose_name='result')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='file name')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='leased until')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('started_at', models.DateTimeField(null=True, verbose_name='started at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'long work',
                'verbose_name_plural': 'long work',
                'ordering': ['-created_at'],
                'indexes': [models.Index(fields=['person', '-created_at'], name='job_of_person'), models.Index(fields=['state', 'created_at'], name='job_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed'])), name='job_state_known')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('page', models.CharField(help_text='the list it belongs to, such as ledger', max_length=40, verbose_name='page')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, help_text='the part of the address after ?', max_length=2000, verbose_name='query')),
                ('shared', models.BooleanField(default=False, verbose_name='for everybody')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['page', 'name'],
                'constraints': [models.UniqueConstraint(fields=('person', 'page', 'name'), name='saved_view_name_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='saved_view_has_a_name')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(set_again, lift),
    ]
