"""Reports, evidence files, extensions, notices, comments, dependencies, delegations, health; triggers as before."""

import django.core.validators
import django.db.models.deletion
import milestones.models.base
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from milestones.models import triggers


def lift(apps, schema_editor):
    triggers.remove(schema_editor.connection)


def set_again(apps, schema_editor):
    triggers.install(schema_editor.connection)


def assess_all(apps, schema_editor):
    """What is under way is assessed as soon as the application runs."""
    milestones = apps.get_model("milestones", "Milestone").objects.filter(plan__state="active")
    due, now = apps.get_model("milestones", "NextAssessment"), timezone.now()
    due.objects.bulk_create([due(milestone_id=pk, at=now) for pk in milestones.values_list("pk", flat=True)], 500)


class Migration(migrations.Migration):

    dependencies = [
        ('milestones', '0004_storage'),
    ]

    operations = [
        migrations.RunPython(lift, set_again),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('text', models.TextField(verbose_name='text')),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True, verbose_name='withdrawn at')),
                ('reason', models.TextField(blank=True, editable=False, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CommentMention',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'mention',
                'verbose_name_plural': 'mentions',
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'delegation',
                'verbose_name_plural': 'delegations',
                'ordering': ['-starts_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Dependency',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('lag', models.SmallIntegerField(default=0, help_text='in working days', verbose_name='lag')),
            ],
            options={
                'verbose_name': 'dependency',
                'verbose_name_plural': 'dependencies',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('due_on', models.DateField(verbose_name='new due')),
                ('due_precision', models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('half_year', 'half-year'), ('year', 'year')], max_length=9, verbose_name='new due precision')),
                ('old_on', models.DateField(editable=False, verbose_name='due until then')),
                ('old_precision', models.CharField(choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('half_year', 'half-year'), ('year', 'year')], editable=False, max_length=9, verbose_name='precision until then')),
                ('reason', models.TextField(verbose_name='reason')),
                ('progress', models.PositiveSmallIntegerField(default=0, help_text='0–100 per cent', verbose_name='progress so far')),
                ('late', models.BooleanField(default=False, editable=False, verbose_name='asked late')),
                ('state', models.CharField(choices=[('requested', 'requested'), ('approved', 'approved'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='requested', editable=False, max_length=9, verbose_name='state')),
                ('requested_client', models.CharField(blank=True, editable=False, max_length=80, verbose_name='requested by client')),
                ('requested_at', models.DateTimeField(editable=False, verbose_name='requested at')),
                ('on_behalf', models.BooleanField(default=False, editable=False, verbose_name='on behalf')),
                ('decide_by', models.DateField(editable=False, verbose_name='answer by')),
                ('decided_client', models.CharField(blank=True, editable=False, max_length=80, verbose_name='decided by client')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='decided at')),
                ('note', models.TextField(blank=True, editable=False, verbose_name='note')),
            ],
            options={
                'verbose_name': 'extension request',
                'verbose_name_plural': 'extension requests',
                'ordering': ['-requested_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ExternalRef',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('system', models.CharField(max_length=60, verbose_name='system')),
                ('entity', models.CharField(max_length=30, verbose_name='entity')),
                ('external_id', models.CharField(max_length=200, verbose_name='external id')),
                ('object_id', models.UUIDField(verbose_name='object')),
            ],
            options={
                'verbose_name': 'external reference',
                'verbose_name_plural': 'external references',
                'ordering': ['system', 'external_id'],
            },
        ),
        migrations.CreateModel(
            name='HealthOverride',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('health', models.CharField(choices=[('green', 'on track'), ('yellow', 'at risk'), ('red', 'late')], max_length=7, verbose_name='health')),
                ('reason', models.TextField(verbose_name='reason')),
                ('until', models.DateField(verbose_name='until')),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True, verbose_name='withdrawn at')),
            ],
            options={
                'verbose_name': 'health override',
                'verbose_name_plural': 'health overrides',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='HistorySeal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('first_seq', models.BigIntegerField(unique=True, verbose_name='first sequence')),
                ('last_seq', models.BigIntegerField(unique=True, verbose_name='last sequence')),
                ('previous', models.CharField(blank=True, max_length=64, verbose_name='previous digest')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'history seal',
                'verbose_name_plural': 'history seals',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='NextAssessment',
            fields=[
                ('at', models.DateTimeField(db_index=True, verbose_name='look at')),
                ('milestone', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='next_assessment', serialize=False, to='milestones.milestone', verbose_name='milestone')),
            ],
            options={
                'verbose_name': 'next assessment',
                'verbose_name_plural': 'next assessments',
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('year', models.PositiveSmallIntegerField(editable=False, verbose_name='year')),
                ('number', models.PositiveIntegerField(editable=False, verbose_name='number')),
                ('level', models.CharField(choices=[('blue', 'blue'), ('yellow', 'yellow'), ('red', 'red')], max_length=6, verbose_name='level')),
                ('matter', models.TextField(help_text='What is asked for; one matter a notice.', verbose_name='matter')),
                ('issued_on', models.DateField(editable=False, verbose_name='issued on')),
                ('respond_by', models.DateField(verbose_name='answer by')),
                ('state', models.CharField(choices=[('issued', 'issued'), ('signed', 'signed for'), ('replied', 'answered'), ('cancelled', 'cancelled')], default='issued', editable=False, max_length=9, verbose_name='state')),
                ('signed_at', models.DateTimeField(editable=False, null=True, verbose_name='signed for at')),
                ('reply', models.TextField(blank=True, editable=False, verbose_name='reply')),
                ('replied_at', models.DateTimeField(editable=False, null=True, verbose_name='answered at')),
                ('cancelled_at', models.DateTimeField(editable=False, null=True, verbose_name='cancelled at')),
                ('reason', models.TextField(blank=True, editable=False, help_text='why it was cancelled', verbose_name='reason')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-year', '-number'],
            },
        ),
        migrations.CreateModel(
            name='NoticeNumber',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='year')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='last number')),
            ],
            options={
                'verbose_name': 'notice number',
                'verbose_name_plural': 'notice numbers',
            },
        ),
        migrations.CreateModel(
            name='StatusReport',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('on_behalf', models.BooleanField(default=False, editable=False, verbose_name='on behalf')),
                ('as_of', models.DateField(verbose_name='as of')),
                ('progress', models.PositiveSmallIntegerField(help_text='0–100 per cent', verbose_name='progress')),
                ('forecast_on', models.DateField(blank=True, null=True, verbose_name='forecast')),
                ('forecast_precision', models.CharField(blank=True, choices=[('day', 'day'), ('month', 'month'), ('quarter', 'quarter'), ('half_year', 'half-year'), ('year', 'year')], max_length=9, null=True, verbose_name='forecast precision')),
                ('done', models.TextField(blank=True, verbose_name='done since the last report')),
                ('obstacles', models.TextField(blank=True, verbose_name='obstacles')),
                ('help_needed', models.TextField(blank=True, verbose_name='help needed')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('accepted', 'accepted'), ('returned', 'returned')], default='draft', editable=False, max_length=9, verbose_name='state')),
                ('submitted_at', models.DateTimeField(editable=False, null=True, verbose_name='submitted at')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='decided at')),
                ('note', models.TextField(blank=True, editable=False, verbose_name='note')),
            ],
            options={
                'verbose_name': 'status report',
                'verbose_name_plural': 'status reports',
                'ordering': ['-as_of', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
            ],
            options={
                'verbose_name': 'watch',
                'verbose_name_plural': 'watches',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='outgoingmail',
            name='mail_kind_known',
        ),
        migrations.AddField(
            model_name='evidence',
            name='added_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='decided_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='decided at'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='decided_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='file_name',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='file name'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='has_preview',
            field=models.BooleanField(default=False, editable=False, verbose_name='has a preview'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='media_type',
            field=models.CharField(blank=True, editable=False, max_length=100, verbose_name='media type'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='reason',
            field=models.TextField(blank=True, editable=False, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='sha256',
            field=models.CharField(blank=True, editable=False, max_length=64, verbose_name='SHA-256'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='size',
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name='size'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='state',
            field=models.CharField(choices=[('pending', 'waiting to be checked'), ('verified', 'verified'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn')], default='pending', editable=False, max_length=9, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='carried_from',
            field=models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='milestones.milestone', verbose_name='carried over from'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='health',
            field=models.CharField(choices=[('green', 'on track'), ('yellow', 'at risk'), ('red', 'late'), ('done', 'done'), ('made_up', 'made up')], editable=False, max_length=7, null=True, verbose_name='health'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='health_reason',
            field=models.JSONField(editable=False, null=True, verbose_name='reason of the health'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='submitted_client',
            field=models.CharField(blank=True, editable=False, max_length=80, verbose_name='submitted by client'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='verified_client',
            field=models.CharField(blank=True, editable=False, max_length=80, verbose_name='verified by client'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='body_dropped_at',
            field=models.DateTimeField(null=True, verbose_name='body deleted at'),
        ),
        migrations.AddField(
            model_name='person',
            name='anonymised_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='anonymised at'),
        ),
        migrations.AddField(
            model_name='plan',
            name='report_cadence',
            field=models.CharField(choices=[('monthly', 'monthly'), ('weekly', 'weekly'), ('none', 'none')], default='monthly', max_length=7, verbose_name='report cadence'),
        ),
        migrations.AddField(
            model_name='plan',
            name='report_day',
            field=models.PositiveSmallIntegerField(default=28, help_text='the day of the month by which a monthly report is expected', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='report day'),
        ),
        migrations.AddField(
            model_name='plan',
            name='source_document',
            field=models.TextField(blank=True, help_text='title, number or address of the published text', verbose_name='source document'),
        ),
        migrations.AddField(
            model_name='plan',
            name='tolerance',
            field=models.PositiveSmallIntegerField(default=10, help_text='percentage points that progress may be behind the time that has passed', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='tolerance'),
        ),
        migrations.AddField(
            model_name='plan',
            name='warning_days',
            field=models.PositiveSmallIntegerField(default=14, help_text='working days before the deadline within which a current report is asked for', validators=[django.core.validators.MaxValueValidator(250)], verbose_name='warning window'),
        ),
        migrations.AddField(
            model_name='plan',
            name='weekly_from',
            field=models.PositiveSmallIntegerField(default=8, help_text='weeks before the deadline; 0: never weekly', validators=[django.core.validators.MaxValueValidator(52)], verbose_name='weekly reports from'),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='url',
            field=models.URLField(blank=True, max_length=1000, verbose_name='link'),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('digest', 'digest'), ('due_today', 'due today'), ('duties', 'duties handed over'), ('rescheduled', 'date moved'), ('submitted', 'waiting for verification'), ('verified', 'completed'), ('returned', 'returned'), ('report_due', 'report due'), ('report_back', 'report returned'), ('extension', 'decision asked for'), ('decision_due', 'decision due'), ('decided', 'extension decided'), ('mentioned', 'mentioned'), ('watched', 'news of a watched milestone'), ('notice', 'notice issued'), ('invitation', 'invitation'), ('password_reset', 'password reset'), ('test', 'test mail')], max_length=14, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'verified', 'rejected', 'withdrawn'])), name='evidence_state_known'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sha256', ''), ('size__isnull', True), models.Q(('url', ''), _negated=True)), models.Q(('size__isnull', False), ('url', ''), models.Q(('sha256', ''), _negated=True), models.Q(('file_name', ''), _negated=True)), _connector='OR'), name='evidence_link_or_file'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['rejected', 'withdrawn']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='evidence_refused_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('verified_client', ''), models.Q(('verified_client', models.F('submitted_client')), _negated=True), _connector='OR'), name='milestone_verifying_client_is_another'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('health__isnull', True), ('health__in', ['green', 'yellow', 'red', 'done', 'made_up']), _connector='OR'), name='milestone_health_known'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('carried_from__isnull', True), models.Q(('carried_from', models.F('id')), _negated=True), _connector='OR'), name='milestone_not_carried_from_itself'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['report_due', 'decision_due'])), fields=('recipient', 'day', 'kind'), name='mail_asked_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['digest', 'due_today', 'duties', 'rescheduled', 'submitted', 'verified', 'returned', 'report_due', 'report_back', 'extension', 'decision_due', 'decided', 'mentioned', 'watched', 'notice', 'invitation', 'password_reset', 'test'])), name='mail_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('anonymised_at__isnull', True), ('is_active', False), _connector='OR'), name='person_anonymised_is_inactive'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('report_cadence__in', ['monthly', 'weekly', 'none'])), name='plan_cadence_known'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('report_day__gte', 1), ('report_day__lte', 28), ('tolerance__lte', 100)), name='plan_cadence_in_bounds'),
        ),
        migrations.AddField(
            model_name='comment',
            name='author',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='comment',
            name='milestone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='milestones.milestone', verbose_name='milestone'),
        ),
        migrations.AddField(
            model_name='commentmention',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='milestones.comment', verbose_name='comment'),
        ),
        migrations.AddField(
            model_name='commentmention',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='delegation',
            name='deputy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputises', to=settings.AUTH_USER_MODEL, verbose_name='deputy'),
        ),
        migrations.AddField(
            model_name='delegation',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='dependency',
            name='predecessor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='milestones.milestone', verbose_name='predecessor'),
        ),
        migrations.AddField(
            model_name='dependency',
            name='successor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='milestones.milestone', verbose_name='successor'),
        ),
        migrations.AddField(
            model_name='extension',
            name='decided_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='extension',
            name='milestone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='milestones.milestone', verbose_name='milestone'),
        ),
        migrations.AddField(
            model_name='extension',
            name='requested_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by'),
        ),
        migrations.AddIndex(
            model_name='externalref',
            index=models.Index(fields=['entity', 'object_id'], name='external_ref_of_object'),
        ),
        migrations.AddConstraint(
            model_name='externalref',
            constraint=models.UniqueConstraint(fields=('system', 'entity', 'external_id'), name='external_ref_unique'),
        ),
        migrations.AddField(
            model_name='healthoverride',
            name='given_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by'),
        ),
        migrations.AddField(
            model_name='healthoverride',
            name='milestone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='health_overrides', to='milestones.milestone', verbose_name='milestone'),
        ),
        migrations.AddConstraint(
            model_name='historyseal',
            constraint=models.CheckConstraint(condition=models.Q(('last_seq__gte', models.F('first_seq'))), name='seal_ends_after_it_begins'),
        ),
        migrations.AddField(
            model_name='notice',
            name='issued_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='issued by'),
        ),
        migrations.AddField(
            model_name='notice',
            name='milestone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='milestones.milestone', verbose_name='milestone'),
        ),
        migrations.AddField(
            model_name='notice',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='milestones.organisation', verbose_name='issued to'),
        ),
        migrations.AddField(
            model_name='notice',
            name='replied_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='notice',
            name='signed_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='signed for by'),
        ),
        migrations.AddField(
            model_name='statusreport',
            name='author',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='status_reports', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='statusreport',
            name='decided_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='statusreport',
            name='milestone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_reports', to='milestones.milestone', verbose_name='milestone'),
        ),
        migrations.AddField(
            model_name='watch',
            name='milestone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='watches', to='milestones.milestone', verbose_name='milestone'),
        ),
        migrations.AddField(
            model_name='watch',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='watches', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_has_a_text'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='comment_withdrawn_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='commentmention',
            constraint=models.UniqueConstraint(fields=('comment', 'person'), name='mention_once'),
        ),
        migrations.AddIndex(
            model_name='delegation',
            index=models.Index(fields=['deputy', 'ends_on'], name='delegation_of_deputy'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('deputy')), _negated=True), name='delegation_to_another'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='delegation_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='dependency',
            constraint=models.UniqueConstraint(fields=('predecessor', 'successor'), name='dependency_once'),
        ),
        migrations.AddConstraint(
            model_name='dependency',
            constraint=models.CheckConstraint(condition=models.Q(('predecessor', models.F('successor')), _negated=True), name='dependency_on_another'),
        ),
        migrations.AddConstraint(
            model_name='dependency',
            constraint=models.CheckConstraint(condition=models.Q(('lag__gte', -400), ('lag__lte', 400)), name='dependency_lag_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'requested')), fields=('milestone',), name='extension_one_open_a_milestone'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'approved', 'declined', 'withdrawn'])), name='extension_state_known'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('due_precision', 'day'), models.Q(('due_precision', 'month'), models.Q(models.Q(('due_on__day', 30), ('due_on__month__in', [4, 6, 9, 11])), models.Q(('due_on__day__in', [28, 29]), ('due_on__month', 2)), models.Q(('due_on__day', 31), ('due_on__month__in', [1, 3, 5, 7, 8, 10, 12])), _connector='OR')), models.Q(('due_precision', 'quarter'), ('due_on__month__in', [3, 6, 9, 12]), models.Q(models.Q(('due_on__day', 30), ('due_on__month__in', [4, 6, 9, 11])), models.Q(('due_on__day__in', [28, 29]), ('due_on__month', 2)), models.Q(('due_on__day', 31), ('due_on__month__in', [1, 3, 5, 7, 8, 10, 12])), _connector='OR')), models.Q(('due_precision', 'half_year'), ('due_on__month__in', [6, 12]), models.Q(models.Q(('due_on__day', 30), ('due_on__month__in', [4, 6, 9, 11])), models.Q(('due_on__day__in', [28, 29]), ('due_on__month', 2)), models.Q(('due_on__day', 31), ('due_on__month__in', [1, 3, 5, 7, 8, 10, 12])), _connector='OR')), models.Q(('due_precision', 'year'), ('due_on__day', 31), ('due_on__month', 12)), _connector='OR'), name='extension_due_period_end'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='extension_progress_in_per_cent'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='extension_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'requested')), models.Q(('decided_at__isnull', False), models.Q(('state', 'requested'), _negated=True)), _connector='OR'), name='extension_decided_at_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'declined']), _negated=True), ('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='extension_decider_is_another'),
        ),
        migrations.AddIndex(
            model_name='healthoverride',
            index=models.Index(fields=['milestone', '-until'], name='override_of_milestone'),
        ),
        migrations.AddConstraint(
            model_name='healthoverride',
            constraint=models.CheckConstraint(condition=models.Q(('health__in', ['green', 'yellow', 'red'])), name='override_health_known'),
        ),
        migrations.AddConstraint(
            model_name='healthoverride',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='override_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('year', 'number'), name='notice_number_unique_in_year'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['blue', 'yellow', 'red'])), name='notice_level_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['issued', 'signed', 'replied', 'cancelled'])), name='notice_state_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('matter', ''), _negated=True), name='notice_has_a_matter'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('respond_by__gte', models.F('issued_on'))), name='notice_answer_after_issue'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['signed', 'replied']), _negated=True), ('signed_at__isnull', False), _connector='OR'), name='notice_signed_at_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'replied'), _negated=True), models.Q(('replied_at__isnull', False), models.Q(('reply', ''), _negated=True)), _connector='OR'), name='notice_replied_with_words'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancelled_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='notice_cancelled_with_a_reason'),
        ),
        migrations.AddIndex(
            model_name='statusreport',
            index=models.Index(fields=['milestone', '-as_of', '-id'], name='report_newest'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.UniqueConstraint(condition=models.Q(('author__isnull', False), ('state', 'draft')), fields=('milestone', 'author'), name='report_one_draft_an_author'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'accepted', 'returned'])), name='report_state_known'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='report_progress_in_per_cent'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('forecast_on__isnull', False), ('forecast_precision__isnull', False), models.Q(('forecast_precision', 'day'), models.Q(('forecast_precision', 'month'), models.Q(models.Q(('forecast_on__day', 30), ('forecast_on__month__in', [4, 6, 9, 11])), models.Q(('forecast_on__day__in', [28, 29]), ('forecast_on__month', 2)), models.Q(('forecast_on__day', 31), ('forecast_on__month__in', [1, 3, 5, 7, 8, 10, 12])), _connector='OR')), models.Q(('forecast_precision', 'quarter'), ('forecast_on__month__in', [3, 6, 9, 12]), models.Q(models.Q(('forecast_on__day', 30), ('forecast_on__month__in', [4, 6, 9, 11])), models.Q(('forecast_on__day__in', [28, 29]), ('forecast_on__month', 2)), models.Q(('forecast_on__day', 31), ('forecast_on__month__in', [1, 3, 5, 7, 8, 10, 12])), _connector='OR')), models.Q(('forecast_precision', 'half_year'), ('forecast_on__month__in', [6, 12]), models.Q(models.Q(('forecast_on__day', 30), ('forecast_on__month__in', [4, 6, 9, 11])), models.Q(('forecast_on__day__in', [28, 29]), ('forecast_on__month', 2)), models.Q(('forecast_on__day', 31), ('forecast_on__month__in', [1, 3, 5, 7, 8, 10, 12])), _connector='OR')), models.Q(('forecast_precision', 'year'), ('forecast_on__day', 31), ('forecast_on__month', 12)), _connector='OR')), models.Q(('forecast_on__isnull', True), ('forecast_precision__isnull', True)), _connector='OR'), name='report_forecast_period_end'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('submitted_at__isnull', False), _connector='OR'), name='report_submitted_at_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted']), ('decided_at__isnull', False), _connector='OR'), name='report_decided_at_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='report_returned_with_a_note'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(fields=('milestone', 'person'), name='watch_once'),
        ),
        migrations.RunPython(assess_all, migrations.RunPython.noop),
        migrations.RunPython(set_again, lift),
    ]
