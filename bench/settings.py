"""How does a benchmark run differ from an installation? It has a database and a mail server of its own.

PostgreSQL with its own durable defaults (fsync on); BENCH_DB=sqlite measures the embedded default instead.
"""

from __future__ import annotations

import os

if "DATABASE_URL" not in os.environ and os.environ.get("BENCH_DB", "postgresql") == "postgresql":
    from tests.servers.postgresql import serve

    _server = serve("listen_addresses=127.0.0.1 max_connections=50 shared_buffers=512MB")
    os.environ["DATABASE_URL"] = _server.rpartition("/")[0] + "/postgres"  # the one database that a new server has

from lingang.settings import *  # noqa: F403 - the environment above comes first

LOGGING_CONFIG = None
CELERY_BROKER_URL = "memory://"
