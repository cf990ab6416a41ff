"""Which plans come with the project?"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "plans"


def names() -> list[str]:
    """The names under which `loadplan` knows them."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def content(name: str) -> bytes:
    """The plan file of a name from `names()`; KeyError for any other."""
    if name not in names():
        raise KeyError(name)
    return (FOLDER / f"{name}.toml").read_bytes()
