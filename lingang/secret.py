"""Which key signs sessions, cursors and mail links?"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from lingang.env import Environment, WrongSetting

SHORTEST = 50
ADVICE = "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'"


def secret_key(env: Environment, file: Path, *, production: bool) -> str:
    """The given key; on a workstation, without one, a key made once and kept in `file`."""
    key = env.text("SECRET_KEY")
    if key:
        if len(key) < SHORTEST or len(set(key)) < 5:
            raise WrongSetting("SECRET_KEY", f"is shorter than {SHORTEST} characters, or too regular.", ADVICE)
        return key
    if production:
        raise WrongSetting("SECRET_KEY", "must be given when BASE_URL is https.", ADVICE)
    return kept(file)


def kept(file: Path) -> str:
    """The key in `file`, made if there is none. Processes that start together get the same one."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".secret_key-")  # mode 600
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(SHORTEST))
        try:
            os.link(draft, file)  # fails when another process was first: its key stands
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return file.read_text(encoding="ascii").strip()
