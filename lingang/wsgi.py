"""Where does a WSGI server find the application?"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from .bodies import Bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingang.settings")

application = Bodies(get_wsgi_application())
get_resolver().url_patterns  # noqa: B018 - all that answers is imported before anybody asks, once for all workers
