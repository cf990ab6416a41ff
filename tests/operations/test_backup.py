"""Does a backup hold everything, and does it become the same installation again?"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
import threading
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from milestones.actors import Actor
from milestones.changes.publish import publish
from milestones.evidence import operations, store
from milestones.evidence.receiving import MOST_BYTES
from milestones.management.supervisor import hold
from milestones.models import ChangeEntry, Evidence, Milestone
from milestones.people import organisations
from milestones.upkeep.backups import BackupRefused, RestoreRefused, archive, back_up, restore
from tests.evidence import files
from tests.operations.data import NOW, plan_with_history
from tests.servers import migrated
from tests.servers.installation import Installation, database_url

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.ignore_template_errors,  # what mails say is tested elsewhere
]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    plan_with_history()
    file = tmp_path / "a.backup"
    back_up(file, now=NOW)
    return file


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Gives addresses of databases of the same kind in which there is nothing at all."""
    made: list[str] = []

    def make() -> str:
        name = f"fresh_{len(made)}_{Path(str(connection.settings_dict['NAME'])).stem}"
        made.append(name)
        if connection.vendor == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        return f"{database_url().rpartition('/')[0]}/{name}"

    yield make
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            for name in made:
                cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def elsewhere(installation: Callable[..., Installation], new_database: Callable[[], str]) -> Installation:
    return installation(DATABASE_URL=new_database())


def rows(file: Path, folder: Path) -> dict[str, Any]:
    """The data of a backup: SQLite's by what is in its tables, PostgreSQL's by the checksums of theirs."""
    with archive.opened(file) as (source, manifest):
        if manifest.vendor == "postgresql":
            return {member.table: member.sha256 for member in manifest.members}
        copy = Path(source.extract("database.sqlite3", folder))
    with closing(sqlite3.connect(copy)) as database:
        found = {name: database.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for name in manifest.rows}
        kept = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        return found | {"schema": database.execute(kept).fetchall()}


def test_a_backup_restored_elsewhere_is_the_same_to_the_last_row(
    backup: Path, elsewhere: Installation, tmp_path: Path
) -> None:
    said = elsewhere.manage("restore", str(backup), LANGUAGE_CODE="en").stdout
    assert "Restored" in said
    again = tmp_path / "again.backup"
    elsewhere.manage("backup", str(again))
    with archive.opened(backup) as (_, first), archive.opened(again) as (_, second):
        assert first.rows == second.rows
        assert first.rows["milestones_milestone"] == 3
        assert first.rows["milestones_daterevision"] == 1
        assert first.migrations == second.migrations
    assert rows(backup, tmp_path / "one") == rows(again, tmp_path / "two")
    checked = elsewhere.manage("check", "--database", "default")
    assert "no issues" in checked.stdout + checked.stderr


def test_history_stays_append_only_and_numbers_go_on_after_a_restore(backup: Path, elsewhere: Installation) -> None:
    elsewhere.manage("restore", str(backup))
    code = (
        "from django.db import IntegrityError, DatabaseError, transaction\n"
        "from milestones.models import ChangeEntry, Person\n"
        "from milestones.people import operations\n"
        "from milestones.actors import Actor\n"
        "from django.utils import timezone\n"
        "before = ChangeEntry.objects.latest('id').id\n"
        "operations.create({'email': 'b@example.org', 'display_name': 'b'}, actor=Actor.system(), now=timezone.now())\n"
        "assert ChangeEntry.objects.latest('id').id == before + 1\n"
        "try:\n"
        "    ChangeEntry.objects.filter(id=before).delete()\n"
        "    print('gone')\n"
        "except DatabaseError as error:\n"
        "    print('kept', error)\n"
    )
    assert "kept change entries are append-only" in elsewhere.manage("shell", "-c", code).stdout


def test_sessions_and_counters_stay_behind(backup: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(backup) as source:
        content = b"".join(source.read(name) for name in source.namelist())
    assert b"k" * 32 not in content


def test_a_backup_is_private_and_replaces_nothing(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    before = backup.read_bytes()
    with pytest.raises(BackupRefused, match="never replaces"):
        back_up(backup, now=NOW)
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir() if path.name.endswith(".part")] == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("backup", str(tmp_path / "nowhere" / "a.backup"))


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def one_bit(file: Path) -> None:
    """In the middle of the largest member: its local header, which the reader passes over, is far shorter."""
    with zipfile.ZipFile(file) as source:
        largest = max(source.infolist(), key=lambda member: member.compress_size)
    content = bytearray(file.read_bytes())
    content[largest.header_offset + largest.compress_size // 2] ^= 1
    file.write_bytes(content)


def no_zip(file: Path) -> None:
    file.write_text("not a backup")


def rewritten(file: Path) -> None:
    """Whole as a zip, but a member is another one: only our own checksum tells."""
    with zipfile.ZipFile(file) as source:
        content = {name: source.read(name) for name in source.namelist()}
    victim = next(name for name in content if name != archive.MANIFEST)
    with zipfile.ZipFile(file, "w") as out:
        for name, data in content.items():
            out.writestr(name, data + b"\n" if name == victim else data)


def of_the_future(file: Path) -> None:
    with zipfile.ZipFile(file) as source:
        content = {name: source.read(name) for name in source.namelist()}
    manifest = json.loads(content[archive.MANIFEST])
    content[archive.MANIFEST] = json.dumps(manifest | {"format": archive.FORMAT + 1}).encode()
    with zipfile.ZipFile(file, "w") as out:
        for name, data in content.items():
            out.writestr(name, data)


@pytest.mark.parametrize("harm", [cut_off, one_bit, no_zip, rewritten, of_the_future])
def test_a_damaged_backup_is_refused_before_anything_else_is_looked_at(
    harm: Callable[[Path], None], backup: Path
) -> None:
    harm(backup)
    with pytest.raises(archive.Damaged, match=r"no complete backup|checksum|format"):
        restore(backup)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_a_member_that_claims_another_packing_is_refused(backup: Path, method: int) -> None:
    content = bytearray(backup.read_bytes())
    content[content.index(b"PK\x01\x02") + 10] = method  # of the first entry in the central directory
    backup.write_bytes(bytes(content))
    with pytest.raises(archive.Damaged), archive.opened(backup):
        pass


def test_wherever_a_bit_is_turned_over_the_backup_is_refused_or_still_what_it_was(backup: Path) -> None:
    """A few bits of a zip (times, attributes) carry nothing of ours."""
    whole = backup.read_bytes()
    with archive.opened(backup) as (_source, expected):
        pass
    for position in range(0, len(whole), max(1, len(whole) // 400)):
        backup.write_bytes(whole[:position] + bytes([whole[position] ^ (1 << position % 8)]) + whole[position + 1 :])
        with contextlib.suppress(archive.Damaged), archive.opened(backup) as (_source, found):
            assert found == expected


def test_a_damaged_backup_leaves_the_target_empty(backup: Path, elsewhere: Installation) -> None:
    cut_off(backup)
    done = elsewhere.manage("restore", str(backup), check=False)
    assert done.returncode == 1
    assert "no complete backup" in done.stderr
    assert "Traceback" not in done.stderr
    assert "milestones" not in elsewhere.manage("inspectdb").stdout


def test_a_backup_of_a_newer_version_is_refused(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from milestones.upkeep import schema

    monkeypatch.setattr(schema, "known", frozenset)
    with pytest.raises(RestoreRefused, match="newer version"):
        restore(backup)


def test_a_target_that_holds_data_is_refused(backup: Path) -> None:
    before = ChangeEntry.objects.count()
    with pytest.raises(RestoreRefused, match="not empty"):
        restore(backup)
    assert ChangeEntry.objects.count() == before


def test_a_target_of_something_else_is_refused(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebody_elses (id integer)")
    try:
        with pytest.raises(RestoreRefused, match="somebody_elses"):
            restore(backup)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE somebody_elses")


def test_a_backup_of_the_other_database_is_refused(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    monkeypatch.setattr(connection, "vendor", other)
    with pytest.raises(RestoreRefused, match="same kind"):
        restore(backup)


def test_a_backup_while_others_write_is_of_one_moment(tmp_path: Path) -> None:
    """Each verb writes an object and its entry together: however many a backup holds, it holds as many of both."""
    plan_with_history()
    entries, stop = ChangeEntry.objects.count(), threading.Event()
    writer = threading.Thread(target=write_until, args=(stop,))
    writer.start()
    try:
        found = [back_up(tmp_path / f"{number}.backup", now=timezone.now()).rows for number in range(5)]
    finally:
        stop.set()
        writer.join()
    counts = [rows["milestones_organisation"] for rows in found]
    assert counts == [rows["milestones_changeentry"] - entries for rows in found]
    assert counts == sorted(counts)
    assert counts[-1] > 0, "nobody wrote"


def write_until(stop: threading.Event) -> None:
    number = 0
    try:
        while not stop.is_set():
            number += 1
            values = {"code": f"O{number}", "name": f"单位 {number}", "short_name": f"单位{number}"}
            organisations.create(values, actor=Actor.system(), now=NOW)
            if number % 7 == 0:
                publish()
    finally:
        connections.close_all()


def test_a_backup_of_an_older_version_is_migrated_on(
    installation: Callable[..., Installation], new_database: Callable[[], str], tmp_path: Path
) -> None:
    old, file = installation(DATABASE_URL=new_database()), tmp_path / "old.backup"
    old.manage("migrate", "milestones", "0002")
    old.manage("backup", str(file))
    new = installation(DATABASE_URL=new_database())
    new.manage("restore", str(file))
    new.manage("migrate", "--check")
    again = tmp_path / "new.backup"
    new.manage("backup", str(again))
    with archive.opened(file) as (_, before), archive.opened(again) as (_, after):
        assert before.rows["milestones_reminderpolicy"] == 0
        assert after.rows["milestones_reminderpolicy"] == 1


def test_a_folder_on_which_up_works_is_refused(
    backup: Path, installation: Callable[..., Installation], new_database: Callable[[], str]
) -> None:
    there = installation(DATABASE_URL=new_database())
    var = Path(there.environment["VAR_DIR"])
    var.mkdir(parents=True)
    handle = hold(var / "up.lock")
    try:
        done = there.manage("restore", str(backup), check=False)
    finally:
        os.close(handle)
    assert done.returncode == 1
    assert "Already running here" in done.stderr


# --- Files of evidence ------------------------------------------------------------------------------------------------
@pytest.fixture
def photo(tmp_path: Path) -> Evidence:
    """A photo attached to a milestone, and what else is in `plan_with_history`."""
    plan_with_history()
    content = BytesIO(files.photo())
    return operations.attach_file(
        Milestone.objects.get(code="FIN-01"), file=content, file_name="现场.jpg", actor=Actor.system(), now=NOW
    )


def evidence_of(there: Installation) -> Path:
    return Path(there.environment["VAR_DIR"]) / "evidence"


def test_files_of_evidence_travel_with_the_rows(photo: Evidence, elsewhere: Installation, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    back_up(file, now=NOW)
    elsewhere.manage("restore", str(file))
    for path in (store.path(photo.sha256), store.preview(photo.sha256)):
        there = evidence_of(elsewhere) / path.relative_to(settings.EVIDENCE_DIR)
        assert there.read_bytes() == path.read_bytes()
        assert stat.S_IMODE(there.stat().st_mode) == 0o600
    again = tmp_path / "again.backup"
    elsewhere.manage("backup", str(again))
    with archive.opened(again) as (_source, manifest):
        assert f"evidence/{photo.sha256[:2]}/{photo.sha256[2:]}" in {member.name for member in manifest.members}


def test_a_file_that_is_missing_or_has_changed_makes_no_backup(photo: Evidence, tmp_path: Path) -> None:
    path, file = store.path(photo.sha256), tmp_path / "a.backup"
    content = path.read_bytes()
    for harm, said in ((path.unlink, "is missing"), (lambda: path.write_bytes(content + b"x"), "has changed")):
        harm()
        with pytest.raises(BackupRefused, match=said):
            back_up(file, now=NOW)
        assert not file.exists()
    path.write_bytes(content)
    back_up(file, now=NOW)


def test_a_damaged_file_of_evidence_is_refused_before_anything_is_restored(
    photo: Evidence, elsewhere: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    back_up(file, now=NOW)
    change_member(file, f"evidence/{photo.sha256[:2]}/{photo.sha256[2:]}", b"x")
    done = elsewhere.manage("restore", str(file), check=False)
    assert done.returncode == 1
    assert "checksum" in done.stderr or "complete" in done.stderr
    assert not evidence_of(elsewhere).exists()


def test_a_file_whose_name_leads_elsewhere_is_refused(photo: Evidence, elsewhere: Installation, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    back_up(file, now=NOW)
    rename_member(file, f"evidence/{photo.sha256[:2]}/{photo.sha256[2:]}", "evidence/../../stray")
    done = elsewhere.manage("restore", str(file), check=False)
    assert done.returncode == 1
    assert "strange name" in done.stderr
    assert [*tmp_path.rglob("stray")] == []


def test_a_backup_from_before_there_were_files_is_restored(backup: Path, elsewhere: Installation) -> None:
    with zipfile.ZipFile(backup) as source:
        content = {name: source.read(name) for name in source.namelist() if not name.startswith("evidence/")}
    manifest = json.loads(content[archive.MANIFEST])
    members = [member for member in manifest["members"] if not member["name"].startswith("evidence/")]
    content[archive.MANIFEST] = json.dumps(manifest | {"format": 1, "members": members}).encode()
    with zipfile.ZipFile(backup, "w") as out:
        for name, data in content.items():
            out.writestr(name, data)
    elsewhere.manage("restore", str(backup))


def test_a_large_file_is_never_in_memory_as_a_whole(photo: Evidence, tmp_path: Path) -> None:
    big = files.photo().ljust(MOST_BYTES, b"\0")
    operations.attach_file(photo.milestone, file=BytesIO(big), file_name="b.jpg", actor=Actor.system(), now=NOW)
    tracemalloc.start()
    back_up(tmp_path / "a.backup", now=NOW)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 << 20, "the file has 20 MB"


def change_member(file: Path, name: str, more: bytes) -> None:
    with zipfile.ZipFile(file) as source:
        content = {member: source.read(member) for member in source.namelist()}
    content[name] += more
    with zipfile.ZipFile(file, "w") as out:
        for member, data in content.items():
            out.writestr(member, data)


def rename_member(file: Path, name: str, to: str) -> None:
    """In the table of contents and in the manifest: whoever makes an archive by hand keeps them equal."""
    with zipfile.ZipFile(file) as source:
        content = {member: source.read(member) for member in source.namelist()}
    content[to] = content.pop(name)
    content[archive.MANIFEST] = content[archive.MANIFEST].replace(f'"{name}"'.encode(), f'"{to}"'.encode())
    with zipfile.ZipFile(file, "w") as out:
        for member, data in content.items():
            out.writestr(member, data)


def test_an_sqlite_database_in_use_is_refused(
    backup: Path, installation: Callable[..., Installation], new_database: Callable[[], str]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps writers apart by itself")
    there = installation(DATABASE_URL=new_database())
    file = Path("/" + there.environment["DATABASE_URL"].removeprefix("sqlite:///").lstrip("/"))
    if not migrated.copy_to(file):
        there.manage("migrate")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = there.manage("restore", str(backup), check=False)
        other.execute("ROLLBACK")
    assert done.returncode == 1
    assert "stop it first" in done.stderr or "停止" in done.stderr
    there.manage("restore", str(backup))
