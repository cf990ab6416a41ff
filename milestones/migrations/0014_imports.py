"""Imports of files: what each said, row by row, and what was done with it."""

from __future__ import annotations

import django.db.models.deletion
import milestones.models.base
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('milestones', '0013_overview'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], default='zh-hans', max_length=7, verbose_name='language')),
                ('file_name', models.CharField(max_length=200, verbose_name='file name')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('format', models.CharField(max_length=4, verbose_name='format')),
                ('sheet', models.CharField(blank=True, max_length=100, verbose_name='sheet')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('state', models.CharField(choices=[('reading', 'being read'), ('ready', 'to be decided'), ('applying', 'being imported'), ('applied', 'imported'), ('undoing', 'being undone'), ('undone', 'undone'), ('refused', 'refused')], default='reading', max_length=8, verbose_name='state')),
                ('message', models.TextField(blank=True, verbose_name='message')),
                ('found', models.JSONField(default=dict, verbose_name='columns')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('new', models.PositiveIntegerField(default=0, verbose_name='new')),
                ('changed', models.PositiveIntegerField(default=0, verbose_name='changed')),
                ('conflicts', models.PositiveIntegerField(default=0, verbose_name='conflicts')),
                ('errors', models.PositiveIntegerField(default=0, verbose_name='errors')),
                ('newer', models.PositiveIntegerField(default=0, verbose_name='newer here')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='imported at')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone at')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='milestones.job', verbose_name='long work')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to=settings.AUTH_USER_MODEL, verbose_name='imported by')),
                ('plan', models.ForeignKey(blank=True, help_text='of rows that name none', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to='milestones.plan', verbose_name='plan')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('status', models.CharField(choices=[('new', 'new'), ('changed', 'changed'), ('conflict', 'conflict'), ('error', 'error')], max_length=8, verbose_name='status')),
                ('milestone_id', models.UUIDField(null=True, verbose_name='milestone')),
                ('label', models.CharField(blank=True, max_length=320, verbose_name='milestone')),
                ('values', models.JSONField(default=dict, verbose_name='values')),
                ('changes', models.JSONField(default=dict, verbose_name='changes')),
                ('errors', models.JSONField(default=list, verbose_name='errors')),
                ('outcome', models.CharField(blank=True, choices=[('', 'not imported'), ('applied', 'imported'), ('refused', 'refused'), ('undone', 'undone'), ('kept', 'not undone')], default='', max_length=7, verbose_name='outcome')),
                ('version', models.PositiveIntegerField(null=True, verbose_name='version')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='milestones.importbatch', verbose_name='import')),
            ],
            options={
                'verbose_name': 'row of an import',
                'verbose_name_plural': 'rows of imports',
                'ordering': ['batch', 'number'],
            },
        ),
        migrations.AddIndex(
            model_name='importbatch',
            index=models.Index(fields=['-created_at'], name='import_latest'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reading', 'ready', 'applying', 'applied', 'undoing', 'undone', 'refused'])), name='import_state_known'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['batch', 'status', 'number'], name='import_row_in_order'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['new', 'changed', 'conflict', 'error'])), name='import_row_status_known'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'applied', 'refused', 'undone', 'kept'])), name='import_row_outcome_known'),
        ),
    ]
