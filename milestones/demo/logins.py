"""Where does an installation keep the passwords of its demonstration?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from milestones.demo.accounts import Login

NAME = "demo-logins.json"


def write(logins: Iterable[Login], folder: Path) -> Path:
    """[{role, email, password}] in `folder`, readable by its owner only; replaces an older file."""
    folder.mkdir(parents=True, exist_ok=True)
    path, unfinished = folder / NAME, folder / f"{NAME}.new"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(login) for login in logins], file, ensure_ascii=False, indent=1)
    unfinished.replace(path)
    return path


def read(folder: Path) -> list[Login]:
    """What `write` stored; empty when there is no such file."""
    path = folder / NAME
    return [Login(**entry) for entry in json.loads(path.read_text("utf-8"))] if path.exists() else []


def forget(folder: Path) -> None:
    """Remove the file, if there is one."""
    (folder / NAME).unlink(missing_ok=True)
