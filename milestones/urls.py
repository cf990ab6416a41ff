"""Which addresses are there?"""

from __future__ import annotations

from django.urls import include, path

from milestones.admin import site

urlpatterns = [
    path("admin/", site.urls),
    path("api/", include("milestones.api.urls")),
    path("", include("milestones.web.urls")),
]
