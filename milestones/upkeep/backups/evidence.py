"""How do the files of evidence go into a backup, and out of it? As they lie in the store, a piece at a time.

They are pictures and packed documents: packing them again would only take time.
"""

from __future__ import annotations

import zipfile

from django.db import connection

from milestones.evidence import store
from milestones.models import Evidence

from . import archive
from .archive import Damaged, Manifest, Member, Summing

FOLDER = "evidence/"


class Incomplete(Exception):
    """The store is not what the rows say."""


def write(out: zipfile.ZipFile) -> list[Member]:
    """All files of the store. Raises Incomplete when one is missing that a row speaks of, or has changed."""
    members = [member for name in store.names() if (member := _write_file(out, name))]
    there = {member.name.removeprefix(FOLDER) for member in members}
    for digest, title in _promised():
        if f"{digest[:2]}/{digest[2:]}" not in there:
            raise Incomplete(f"The file of the evidence “{title}” is missing ({store.path(digest)}).")
    return members


def read(source: zipfile.ZipFile, manifest: Manifest) -> None:
    """Puts each file into the store once it is what its name, its checksum, says. Raises Damaged."""
    for member in manifest.members:
        if member.name.startswith(FOLDER):
            _read_file(source, member)


def _promised() -> list[tuple[str, str]]:
    """Checksum and title; nothing on tables that are older than evidence with files."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        table = Evidence._meta.db_table
        if table not in tables:
            return []
        columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
    rows = Evidence.objects.exclude(sha256="").order_by("sha256")
    return list(rows.values_list("sha256", "title")) if "sha256" in columns else []


def _write_file(out: zipfile.ZipFile, name: str) -> Member | None:
    """None for a file that belonged to no row and was tidied away meanwhile."""
    try:
        source = store.named(name).open("rb")
    except FileNotFoundError:
        return None
    with source, archive.writing(out, FOLDER + name, compressed=False) as summing:
        for data in archive.pieces(source):
            summing.write(data)
    found = summing.sha256
    if not name.endswith(store.PREVIEW) and found != name.replace("/", ""):
        raise Incomplete(f"The file {store.named(name)} has changed since it was attached.")
    return Member(FOLDER + name, summing.size, found)


def _read_file(source: zipfile.ZipFile, member: Member) -> None:
    name = member.name.removeprefix(FOLDER)
    try:
        target = store.named(name)
    except ValueError as error:
        raise Damaged(f"The backup holds a file of a strange name: {error}") from error
    with store.draft() as draft:
        with draft.open("xb") as out:
            summing = Summing(out)
            for data in archive.chunks(source, member.name):
                summing.write(data)
        if summing.sha256 != member.sha256 or (
            not name.endswith(store.PREVIEW) and summing.sha256 != name.replace("/", "")
        ):
            raise Damaged(f"{member.name} is not as it was written: its checksum differs.")
        store.keep(draft, target)
