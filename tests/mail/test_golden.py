"""Does every kind of mail say, in both languages, what its golden files say, and does it pass a strict look?

WRITE_GOLDEN=1 writes the files anew: read what changed as its readers will.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from milestones.mail import message
from milestones.models import MailKind
from tests.cast import Cast
from tests.mail import comparing
from tests.mail.samples import SAMPLES, written
from tests.mail.strict import faults

pytestmark = pytest.mark.django_db

LANGUAGES = ("zh-hans", "en")
WRITES = bool(os.environ.get("WRITE_GOLDEN"))


@pytest.fixture(params=LANGUAGES)
def language(request: Any) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_as_it_was_read(running: Cast, language: str, name: str) -> None:
    folder = comparing.FOLDER / language
    for ending, text in comparing.of(written(name, running, language), running).items():
        file = folder / f"{name}.{ending}"
        if WRITES:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file.name}: see this file's first lines"


@pytest.mark.parametrize("name", SAMPLES)
def test_it_passes_a_strict_look(running: Cast, language: str, name: str) -> None:
    mail = written(name, running, language)
    assert faults(message.build(mail), mail) == []


def test_every_kind_is_here_and_no_file_is_left_over() -> None:
    elsewhere = {"post", "bulletin"}  # no mail, and one whose figures have tests of their own
    assert elsewhere | {str(kind) for kind in MailKind if kind in SAMPLES} == set(MailKind.values)
    files = {file.relative_to(comparing.FOLDER).with_suffix("").as_posix() for file in comparing.FOLDER.rglob("*.*")}
    assert files == {f"{language}/{name}" for language in LANGUAGES for name in SAMPLES}


def test_the_look_is_strict(running: Cast) -> None:
    mail = written("digest", running, "en")
    made = message.build(mail)
    for old, new in (
        (b"Auto-Submitted: auto-generated\r\n", b""),
        (b"\r\n", b"\n"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click", b"List-Unsubscribe-Post: x"),
        (b"Subject: ", b"Subject: x"),
    ):
        assert faults(made.replace(old, new, 1), mail) != [], old
    for wrong in ('<img src="https://evil.example/p.gif">', "{{ name }}", '<a href="https://evil.example/">x</a>'):
        mail.html = mail.html.replace("</body>", f"{wrong}</body>")
        assert faults(message.build(mail), mail) != [], wrong
        mail = written("digest", running, "en")
