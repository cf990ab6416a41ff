"""Notices, audiences and channels of steps; preferences, bounces, a gate for mail; used links, feeds, incidents."""

from datetime import timedelta

import django.db.models.deletion
import milestones.models.base
import milestones.models.reminders
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from milestones.models import default_ladder, triggers


def lift(apps, schema_editor):
    triggers.remove(schema_editor.connection)


def set_again(apps, schema_editor):
    triggers.install(schema_editor.connection)


def climb(apps, schema_editor):
    """The default ladder gets the steps it lacks and its notices: on an installation that is at work from tomorrow on,
    so that nothing planned is lost or sent again; what the office changed by itself stays as it is."""
    step, version = (apps.get_model("milestones", name) for name in ("ReminderStep", "StepVersion"))
    policy = apps.get_model("milestones", "ReminderPolicy").objects.filter(code="default", is_default=True).first()
    if policy is None:
        return
    at_work = apps.get_model("milestones", "Reminder").objects.exists()
    tomorrow = timezone.localdate() + timedelta(days=1)
    for code, said in default_ladder.LADDER.items():
        rung, made = step.objects.get_or_create(policy=policy, code=code)
        if made:
            version.objects.create(step=rung, effective_from=tomorrow if at_work else default_ladder.ALWAYS, **said)
        elif "level" in said:
            _raise(version.objects.filter(step=rung, effective_until=None), said, at_work, tomorrow)


def _raise(versions, said, at_work, tomorrow):
    present = versions.filter(anchor=said["anchor"], offset=said["offset"], unit="working", level="").first()
    if present is None:
        return
    if not at_work:
        versions.filter(pk=present.pk).update(level=said["level"])
        return
    versions.model.objects.create(
        step_id=present.step_id, number=present.number + 1, effective_from=tomorrow, **said
    )
    versions.filter(pk=present.pk).update(effective_until=tomorrow)


class Migration(migrations.Migration):

    dependencies = [
        ('milestones', '0006_refusals'),
    ]

    operations = [
        migrations.RunPython(lift, set_again),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked at')),
            ],
            options={
                'verbose_name': 'calendar feed',
                'verbose_name_plural': 'calendar feeds',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('is_open', models.BooleanField(default=True, verbose_name='open')),
                ('opened_at', models.DateTimeField(verbose_name='since')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='until')),
                ('problems', models.JSONField(default=list, verbose_name='problems')),
                ('seen_by', models.CharField(blank=True, max_length=120, verbose_name='seen by')),
                ('posted_at', models.DateTimeField(null=True, verbose_name='alarm posted at')),
                ('post_reply', models.CharField(blank=True, max_length=300, verbose_name='answer to the alarm')),
            ],
            options={
                'verbose_name': 'incident',
                'verbose_name_plural': 'incidents',
                'ordering': ['-opened_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='LinkUse',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('action', models.CharField(max_length=10, verbose_name='action')),
                ('subject', models.UUIDField(verbose_name='about')),
                ('used_at', models.DateTimeField(verbose_name='used at')),
            ],
            options={
                'verbose_name': 'used link',
                'verbose_name_plural': 'used links',
                'ordering': ['-used_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='MailGate',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('only', models.BooleanField(default=True, editable=False)),
                ('paused_at', models.DateTimeField(editable=False, null=True, verbose_name='paused at')),
                ('pause_reason', models.CharField(blank=True, max_length=200, verbose_name='why it is paused')),
                ('per_minute', models.PositiveIntegerField(blank=True, null=True, verbose_name='mails a minute')),
                ('per_domain', models.PositiveIntegerField(blank=True, null=True, verbose_name='mails a minute to one domain')),
            ],
            options={
                'verbose_name': 'mail gate',
                'verbose_name_plural': 'mail gate',
            },
        ),
        migrations.CreateModel(
            name='MailWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(blank=True, max_length=253, verbose_name='domain')),
                ('minute', models.DateTimeField(verbose_name='minute')),
                ('taken', models.PositiveIntegerField(default=0, verbose_name='taken')),
            ],
            options={
                'verbose_name': 'mails of a minute',
                'verbose_name_plural': 'mails of a minute',
            },
        ),
        migrations.CreateModel(
            name='OrganisationWebhook',
            fields=[
                ('id', models.UUIDField(default=milestones.models.base.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='updated at')),
                ('url', models.URLField(max_length=500, verbose_name='address')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'webhook of an organisation',
                'verbose_name_plural': 'webhooks of organisations',
                'ordering': ['organisation__code'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='outgoingmail',
            name='mail_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='outgoingmail',
            name='mail_asked_once_a_day',
        ),
        migrations.RemoveConstraint(
            model_name='outgoingmail',
            name='mail_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='reminder',
            name='reminder_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='reminder',
            name='reminder_claimed_by_a_mail',
        ),
        migrations.RemoveConstraint(
            model_name='stepversion',
            name='step_version_anchor_known',
        ),
        migrations.RemoveConstraint(
            model_name='stepversion',
            name='step_version_offset_fits_anchor',
        ),
        migrations.RemoveConstraint(
            model_name='stepversion',
            name='step_version_only_after_due_repeats',
        ),
        migrations.RemoveIndex(
            model_name='outgoingmail',
            name='mail_waiting',
        ),
        migrations.AddField(
            model_name='milestone',
            name='behind_since',
            field=models.DateField(editable=False, null=True, verbose_name='behind its pace since'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='channel',
            field=models.CharField(default='mail', max_length=8, verbose_name='channel'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='notice',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mails', to='milestones.notice', verbose_name='notice'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='organisation',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='milestones.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='person',
            name='bounce_reply',
            field=models.TextField(blank=True, editable=False, verbose_name="the server's words"),
        ),
        migrations.AddField(
            model_name='person',
            name='bouncing_since',
            field=models.DateTimeField(editable=False, null=True, verbose_name='address returns mail since'),
        ),
        migrations.AddField(
            model_name='person',
            name='digest_frequency',
            field=models.CharField(choices=[('daily', 'one digest a working day'), ('immediate', 'each reminder in a mail of its own, at once')], default='daily', max_length=9, verbose_name='digest'),
        ),
        migrations.AddField(
            model_name='person',
            name='muted_steps',
            field=models.JSONField(blank=True, default=list, help_text='codes of steps that this person does not want', verbose_name='muted steps'),
        ),
        migrations.AddField(
            model_name='stepversion',
            name='audience',
            field=models.JSONField(default=milestones.models.reminders.usual_audience, verbose_name='speaks to'),
        ),
        migrations.AddField(
            model_name='stepversion',
            name='channels',
            field=models.JSONField(default=milestones.models.reminders.usual_channels, verbose_name='channels'),
        ),
        migrations.AddField(
            model_name='stepversion',
            name='digestible',
            field=models.BooleanField(default=True, verbose_name='in the digest'),
        ),
        migrations.AddField(
            model_name='stepversion',
            name='level',
            field=models.CharField(blank=True, choices=[('', 'reminder'), ('blue', 'blue notice'), ('yellow', 'yellow notice'), ('red', 'red notice')], default='', max_length=6, verbose_name='level'),
        ),
        migrations.AddField(
            model_name='stepversion',
            name='most',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='at most'),
        ),
        migrations.AddField(
            model_name='stepversion',
            name='respond_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='working days to answer'),
        ),
        migrations.AddField(
            model_name='stepversion',
            name='stops_when_answered',
            field=models.BooleanField(default=False, verbose_name='stops while an answer stands'),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('digest', 'digest'), ('due_today', 'due today'), ('duties', 'duties handed over'), ('rescheduled', 'date moved'), ('submitted', 'waiting for verification'), ('verified', 'completed'), ('returned', 'returned'), ('report_due', 'report due'), ('report_back', 'report returned'), ('extension', 'decision asked for'), ('decision_due', 'decision due'), ('decided', 'extension decided'), ('mentioned', 'mentioned'), ('watched', 'news of a watched milestone'), ('notice', 'notice issued'), ('single', 'a reminder of its own'), ('post', "message to an organisation's channel"), ('reading_due', 'reading due'), ('bulletin', 'weekly bulletin'), ('invitation', 'invitation'), ('password_reset', 'password reset'), ('test', 'test mail')], max_length=14, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='state',
            field=models.CharField(choices=[('queued', 'queued'), ('sending', 'sending'), ('sent', 'sent'), ('retry', 'waiting to try again'), ('failed', 'failed'), ('bounced', 'came back'), ('suppressed', 'suppressed')], default='queued', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='to',
            field=models.EmailField(blank=True, max_length=254, verbose_name='to'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='channel',
            field=models.CharField(choices=[('mail', 'e-mail'), ('webhook', 'webhook of the lead organisation')], default='mail', max_length=8, verbose_name='channel'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='state',
            field=models.CharField(choices=[('planned', 'planned'), ('claimed', 'claimed'), ('sent', 'sent'), ('failed', 'failed'), ('suppressed', 'suppressed'), ('acknowledged', 'acknowledged')], default='planned', max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='stepversion',
            name='anchor',
            field=models.CharField(choices=[('before_due', 'before the deadline'), ('on_due', 'on the deadline'), ('after_due', 'after the deadline'), ('pace_check', "before each quarter's end"), ('behind_pace', 'when it is behind its pace'), ('report_due', 'when a report is due'), ('decision_due', 'when a decision is due'), ('reading_due', "when a target's reading is due")], max_length=12, verbose_name='anchor'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'retry', 'sending'])), fields=['channel', 'due_at', 'id'], name='mail_waiting'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['report_due', 'decision_due', 'reading_due', 'bulletin'])), fields=('recipient', 'day', 'kind'), name='mail_asked_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'post'), ('milestone__isnull', True)), fields=('organisation', 'day'), name='mail_one_post_a_day'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'mail'), models.Q(('kind', 'post'), _negated=True)), models.Q(('channel', 'webhook'), ('day__isnull', False), ('kind', 'post'), ('organisation__isnull', False)), _connector='OR'), name='mail_post_to_an_organisation'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['digest', 'due_today', 'duties', 'rescheduled', 'submitted', 'verified', 'returned', 'report_due', 'report_back', 'extension', 'decision_due', 'decided', 'mentioned', 'watched', 'notice', 'single', 'post', 'reading_due', 'bulletin', 'invitation', 'password_reset', 'test'])), name='mail_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'sent', 'retry', 'failed', 'bounced', 'suppressed'])), name='mail_state_known'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('digest_frequency__in', ['daily', 'immediate'])), name='person_digest_frequency_known'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'claimed', 'sent', 'failed', 'suppressed', 'acknowledged'])), name='reminder_state_known'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['claimed', 'sent', 'failed', 'acknowledged']), _negated=True), ('mail__isnull', False), _connector='OR'), name='reminder_claimed_by_a_mail'),
        ),
        migrations.AddConstraint(
            model_name='stepversion',
            constraint=models.CheckConstraint(condition=models.Q(('anchor__in', ['before_due', 'on_due', 'after_due', 'pace_check', 'behind_pace', 'report_due', 'decision_due', 'reading_due'])), name='step_version_anchor_known'),
        ),
        migrations.AddConstraint(
            model_name='stepversion',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['', 'blue', 'yellow', 'red'])), name='step_version_level_known'),
        ),
        migrations.AddConstraint(
            model_name='stepversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('anchor', 'on_due'), ('offset', 0)), models.Q(('anchor__in', ['before_due', 'after_due', 'pace_check']), ('offset__gte', 1)), ('anchor__in', ['behind_pace', 'report_due', 'decision_due', 'reading_due']), _connector='OR'), name='step_version_offset_fits_anchor'),
        ),
        migrations.AddConstraint(
            model_name='stepversion',
            constraint=models.CheckConstraint(condition=models.Q(('repeats', False), models.Q(('anchor__in', ['after_due', 'report_due', 'decision_due', 'reading_due']), ('offset__gte', 1)), _connector='OR'), name='step_version_what_repeats'),
        ),
        migrations.AddConstraint(
            model_name='stepversion',
            constraint=models.CheckConstraint(condition=models.Q(('most__isnull', True), models.Q(('most__gte', 1), ('repeats', True)), _connector='OR'), name='step_version_most_of_repeats'),
        ),
        migrations.AddConstraint(
            model_name='stepversion',
            constraint=models.CheckConstraint(condition=models.Q(('level', ''), ('anchor__in', ['before_due', 'on_due', 'after_due', 'pace_check', 'behind_pace']), _connector='OR'), name='step_version_notice_about_a_deadline'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='plan',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='milestones.plan', verbose_name='plan'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('is_open',), name='incident_one_open'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('is_open', True)), models.Q(('closed_at__isnull', False), ('is_open', False)), _connector='OR'), name='incident_closed_at_an_instant'),
        ),
        migrations.AddField(
            model_name='linkuse',
            name='mail',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='link_uses', to='milestones.outgoingmail', verbose_name='mail'),
        ),
        migrations.AddField(
            model_name='mailgate',
            name='paused_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='paused by'),
        ),
        migrations.AddConstraint(
            model_name='mailwindow',
            constraint=models.UniqueConstraint(fields=('domain', 'minute'), name='mail_window_once'),
        ),
        migrations.AddField(
            model_name='organisationwebhook',
            name='organisation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='webhook', to='milestones.organisation', verbose_name='organisation'),
        ),
        migrations.AddConstraint(
            model_name='calendarfeed',
            constraint=models.UniqueConstraint(condition=models.Q(('plan__isnull', True), ('revoked_at__isnull', True)), fields=('person',), name='feed_one_own'),
        ),
        migrations.AddConstraint(
            model_name='calendarfeed',
            constraint=models.UniqueConstraint(condition=models.Q(('plan__isnull', False), ('revoked_at__isnull', True)), fields=('person', 'plan'), name='feed_one_a_plan'),
        ),
        migrations.AddConstraint(
            model_name='linkuse',
            constraint=models.UniqueConstraint(fields=('mail', 'action', 'subject'), name='link_used_once'),
        ),
        migrations.AddConstraint(
            model_name='mailgate',
            constraint=models.UniqueConstraint(fields=('only',), name='mail_gate_only_one'),
        ),
        migrations.AddConstraint(
            model_name='mailgate',
            constraint=models.CheckConstraint(condition=models.Q(('only', True)), name='mail_gate_is_the_one'),
        ),
        migrations.AddConstraint(
            model_name='mailgate',
            constraint=models.CheckConstraint(condition=models.Q(('per_minute__isnull', True), ('per_minute__gte', 1), _connector='OR'), name='mail_gate_per_minute_positive'),
        ),
        migrations.AddConstraint(
            model_name='mailgate',
            constraint=models.CheckConstraint(condition=models.Q(('per_domain__isnull', True), ('per_domain__gte', 1), _connector='OR'), name='mail_gate_per_domain_positive'),
        ),
        migrations.RunPython(climb, migrations.RunPython.noop),
        migrations.RunPython(set_again, lift),
    ]
