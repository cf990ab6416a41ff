"""What does every test have at hand?"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase

from tests.servers import migrated
from tests.servers.installation import Installation
from tests.servers.smtp import SmtpSink
from tests.servers.valkey import Valkey
from tests.snapshots import empty, insertion, read_all, remembered

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.cast import Cast

# How long an example takes says something about the machine's other work, not about the code.
hypothesis.settings.register_profile(
    "lingang", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("lingang")

# --- The world outside ------------------------------------------------------------------------------------------------
_connect = socket.socket.connect


def _only_to_this_machine(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] != "localhost":
        assert ipaddress.ip_address(address[0]).is_loopback, f"a test wants to reach {address[0]}"
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _only_to_this_machine)
        yield


# --- The database -----------------------------------------------------------------------------------------------------
_set_up = TransactionTestCase._fixture_setup.__func__  # type: ignore[attr-defined]
_migrated: dict[str, Any] = {}  # what the migrations left in the tables, read before the first test that commits


def _know_as_migrated(cls: type[TransactionTestCase]) -> None:
    if not _migrated:
        _migrated.update((table, insertion(table, rows)) for table, rows in read_all().items() if rows)
    _set_up(cls)


def _leave_as_migrated(self: TransactionTestCase) -> None:
    """After a test that committed: every table as the migrations left it, default rows and content types included.

    SQLite empties a table row by row, which the triggers of the append-only ones forbid.
    """
    from milestones.models.triggers import removed

    if connection.vendor == "sqlite":
        with removed(connection):
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True, reset_sequences=False)
    else:
        empty()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, values in _migrated.values():
            cursor.execute(statement, values)
    cache.clear()  # its table is no model's: sign-in limits would go on into the next test


@pytest.fixture(autouse=True, scope="session")
def _committing_tests_clean_up() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(_know_as_migrated))
        patch.setattr(TransactionTestCase, "_fixture_teardown", _leave_as_migrated)
        yield


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, django_db_keepdb: bool) -> bool:
    """SQLite begins with a copy of what was migrated before, if nothing has changed since."""
    if connection.vendor == "sqlite":
        return migrated.copy_to(Path(connection.settings_dict["TEST"]["NAME"]))
    return django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any) -> Iterator[None]:
    """A process that a test killed may still hold its session for a moment: the database goes anyway."""
    if connection.vendor == "sqlite" and not django_db_keepdb:
        migrated.keep(Path(connection.settings_dict["NAME"]))
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


# --- The cast ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, and a draft plan."""
    from tests.cast import assemble

    return remembered("cast", assemble)


@pytest.fixture
def running(request: pytest.FixtureRequest, db: None) -> Cast:
    """Everybody, and the plan active."""
    from tests.cast import assemble

    def active() -> Cast:
        found = assemble()
        found.activate()
        return found

    if "cast" not in request.fixturenames:
        return remembered("running", active)
    cast: Cast = request.getfixturevalue("cast")
    cast.activate()
    return cast


# --- Servers ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    """A real Redis-protocol server; this process publishes to it too."""
    from lingang import celery_app

    folder = tmp_path / "broker"
    folder.mkdir()
    server = Valkey(folder)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(celery_app.conf, "broker_url", server.url)
        _forget_connections()
        yield server
    _forget_connections()
    server.stop()


def _forget_connections() -> None:
    from celery._state import get_current_app
    from kombu import pools

    app = get_current_app()
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture
def redis_url(broker: Valkey) -> str:
    return broker.url


@pytest.fixture
def installation(tmp_path: Path, transactional_db: None) -> Iterator[Callable[..., Installation]]:
    """Makes installations on this test's database: `installation(REDIS_URL=…, EMAIL_URL=smtp_sink.url).worker()`."""
    made: list[Installation] = []

    def make(**variables: str) -> Installation:
        made.append(Installation(tmp_path / f"installation{len(made)}", **variables))
        return made[-1]

    yield make
    for one in made:
        one.close()


# --- The browser ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from tests.servers.chromium import launched

    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new visitor: Chinese, in Shanghai, with an empty cookie jar."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


# --- What runs where --------------------------------------------------------------------------------------------------
OF_DATABASES = {"db", "transactional_db", "django_db_setup", "live_server"}
_left_out = pytest.StashKey[Counter[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-test", action="store_true", help="on PostgreSQL also what one database is enough for")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Django's own admin templates ask for variables that are not there; ours never may."""
    for item in items:
        if "admin" in item.path.relative_to(Path(__file__).parent).parts:
            item.add_marker(pytest.mark.ignore_template_errors)
    if os.environ.get("TEST_DB") == "postgresql" and not config.getoption("--every-test"):
        _leave_out(config, items)


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What may differ on PostgreSQL runs there; SQLite's run proves the rest, and both are one `make test`."""
    reasons = [(item, _enough_once(item)) for item in items]
    items[:] = [item for item, reason in reasons if not reason]
    config.hook.pytest_deselected(items=[item for item, reason in reasons if reason])
    found = config.stash[_left_out] = Counter(reason for _item, reason in reasons if reason)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = dict(found)


def _enough_once(item: pytest.Item) -> str:
    """Why one database is enough for this test; empty when it is not."""
    if (mark := item.get_closest_marker("one_database")) is not None:
        return str(mark.args[0])
    asks = OF_DATABASES & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
    return "" if asks else "asks for no database"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker has left out the same."""
    if left_out := getattr(node, "workeroutput", {}).get("left_out"):
        node.config.stash[_left_out] = Counter(left_out)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    found = config.stash.get(_left_out, Counter())
    if found:
        terminalreporter.section(f"{found.total()} tests ran on SQLite only")
        for reason, count in found.most_common():
            terminalreporter.line(f"{count:5}  {reason}")
