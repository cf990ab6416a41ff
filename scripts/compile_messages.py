"""How does a .po file become the .mo file that Django reads, without gettext on the machine?"""

from __future__ import annotations

import sys

import polib


def main(source: str, target: str) -> None:
    polib.pofile(source, check_for_duplicates=True).save_as_mofile(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
