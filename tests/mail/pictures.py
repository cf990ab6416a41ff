"""How do the mails look? Pictures of golden files, by `python -m tests.mail.pictures FOLDER [NAME …]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.servers.chromium import launched

FOLDER = Path(__file__).parent / "golden"
WIDTHS = (600, 390)


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = [file for file in sorted(FOLDER.glob("*/*.html")) if not names or file.stem in names]
    with launched() as browser:
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                page = browser.new_page(viewport={"width": width, "height": 300}, color_scheme=scheme)
                for file in files:
                    page.set_content(file.read_text(encoding="utf-8"))
                    name = f"{file.stem}-{file.parent.name}-{width}{'-dark' if scheme == 'dark' else ''}.png"
                    page.screenshot(path=str(folder / name), full_page=True)
                page.close()
    print(f"{len(files)} mails in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
