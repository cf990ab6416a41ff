"""python -m milestones.intake.files FILE: one line of JSON with the file's text, its marking, or why it is refused."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from milestones.evidence.reading.__main__ import limit


def answer(file: Path) -> dict[str, Any]:
    from milestones.evidence.reading.unfit import Unfit, Why

    from .opening import opened

    try:
        found = opened(file)
    except Unfit as error:
        return {"refused": error.why}
    except MemoryError:
        return {"refused": Why.TOO_MUCH}
    if found.marking is not None:
        return {"marking": asdict(found.marking)}
    return {"kind": found.kind, "text": found.text}


if __name__ == "__main__":
    limit()
    print(json.dumps(answer(Path(sys.argv[1]))))
