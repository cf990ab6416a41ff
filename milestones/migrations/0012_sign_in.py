"""What happened at the door, first passwords, and which roles sign in with a second factor."""

from __future__ import annotations

import django.db.models.deletion
import milestones.models.base
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('milestones', '0011_ledger_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='FirstPassword',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('given_at', models.DateTimeField(verbose_name='given at')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='first_password', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'first password',
                'verbose_name_plural': 'first passwords',
            },
        ),
        migrations.CreateModel(
            name='SecondFactorDemand',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('role', models.CharField(choices=[('office', 'supervision office'), ('coordinator', 'coordinator'), ('owner', 'owner'), ('leader', 'leader'), ('viewer', 'viewer')], max_length=12, verbose_name='role')),
            ],
            options={
                'verbose_name': 'role with a second factor',
                'verbose_name_plural': 'roles with a second factor',
                'ordering': ['role'],
                'constraints': [models.UniqueConstraint(fields=('role',), name='second_factor_once'), models.CheckConstraint(condition=models.Q(('role__in', ['office', 'coordinator', 'owner', 'leader', 'viewer'])), name='second_factor_role_known')],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('typed', models.CharField(blank=True, max_length=20, verbose_name='typed')),
                ('happening', models.CharField(choices=[('succeeded', 'signed in'), ('failed', 'failed'), ('code_failed', 'second factor failed'), ('locked_out', 'locked out'), ('refused', 'refused'), ('signed_out', 'signed out'), ('timed_out', 'ended because nobody used it'), ('ended', 'signed out from elsewhere'), ('password_changed', 'password changed'), ('reset_asked', 'link for a new password asked for'), ('password_set', 'password set by a link'), ('password_given', 'first password given by the office'), ('factor_added', 'second factor added'), ('factor_removed', 'second factor removed'), ('codes_made', 'recovery codes made'), ('linked', 'single sign-on linked')], max_length=16, verbose_name='what happened')),
                ('method', models.CharField(blank=True, max_length=60, verbose_name='by')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='from address')),
                ('agent', models.CharField(blank=True, max_length=200, verbose_name='browser')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'sign-in',
                'verbose_name_plural': 'sign-ins',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['person', '-id'], name='sign_in_of_person'), models.Index(fields=['happening', '-id'], name='sign_in_by_happening')],
                'constraints': [models.CheckConstraint(condition=models.Q(('happening__in', ['succeeded', 'failed', 'code_failed', 'locked_out', 'refused', 'signed_out', 'timed_out', 'ended', 'password_changed', 'reset_asked', 'password_set', 'password_given', 'factor_added', 'factor_removed', 'codes_made', 'linked'])), name='sign_in_happening_known')],
            },
        ),
    ]
