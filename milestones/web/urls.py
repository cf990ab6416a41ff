"""Which page answers which address?"""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from milestones.web.views import (
    answers,
    approvals,
    evidence,
    feeds,
    jobs,
    ledger,
    links,
    me,
    milestones,
    notice_issuing,
    notices,
    plans,
    search,
    standing_in,
    targets,
    wallchart,
    work,
)

urlpatterns = [
    path("", work.my_work, name="my_work"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("search/", search.search, name="search"),
    path("jobs/<uuid:job>/", jobs.job, name="job"),
    path("jobs/<uuid:job>/file", jobs.file, name="job_file"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<str:plan>/", plans.plan, name="plan"),
    path("plans/<str:plan>/wallchart/", wallchart.wallchart, name="wallchart"),
    path("plans/<str:plan>/milestones/<str:code>/", milestones.milestone, name="milestone"),
    path("plans/<str:plan>/milestones/<str:code>/<slug:action>/", milestones.act, name="milestone_act"),
    path("plans/<str:plan>/targets/", targets.targets, name="targets"),
    path("plans/<str:plan>/targets/<str:code>/", targets.target, name="target"),
    path("plans/<str:plan>/targets/<str:code>/record/", targets.record, name="target_record"),
    path("plans/<str:plan>/targets/<str:code>/paste/", targets.paste, name="target_paste"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<slug:kind>/<uuid:pk>/", approvals.approval, name="approval"),
    path("evidence/<uuid:evidence>/file", evidence.file, name="evidence_file"),
    path("evidence/<uuid:evidence>/preview", evidence.preview, name="evidence_preview"),
    path("evidence/<uuid:evidence>/<slug:verb>/", evidence.decide, name="evidence_decide"),
    path("notices/", notices.notices, name="notices"),
    path("notices/new/", notice_issuing.issue, name="notice_new"),
    path("notices/<uuid:notice>/", notices.notice, name="notice"),
    path("notices/<uuid:notice>/print", notices.printed, name="notice_print"),
    path("notices/<uuid:notice>/<slug:verb>/", notices.act, name="notice_act"),
    path("me/", me.me, name="me"),
    path("me/deputy/", standing_in.create, name="my_deputy"),
    path("me/deputy/<uuid:pk>/end/", standing_in.end, name="my_deputy_end"),
    path("me/data.json", me.data, name="my_data"),
    path("me/calendar/", feeds.create, name="my_feed"),
    path("me/calendar/<uuid:pk>/revoke/", feeds.revoke, name="my_feed_revoke"),
    path("feeds/<str:token>.ics", feeds.calendar, name="calendar_feed"),
    path("language/", set_language, name="set_language"),
    # signed links of mails
    path("do/password/<str:token>/", links.password, name="link_password"),
    path("do/reset/<str:token>/", links.reset, name="link_reset"),
    path("do/mute/<str:token>/", links.mute, name="link_mute"),
    path("do/sign/<str:token>/", answers.sign, name="link_sign"),
    path("do/report/<str:token>/", answers.report, name="link_report"),
    path("do/extension/<str:token>/", answers.extension, name="link_extension"),
    path("", include("milestones.web.account_urls")),
]
