"""How is a Chinese text found by who types it on a Latin keyboard?"""

from __future__ import annotations

import unicodedata
from functools import lru_cache


def findable(*texts: str) -> str:
    """The texts in lower case and NFKC; of those with Chinese also the whole pinyin and its initials, tones left out.

    “中银西岛中心” is found by 西岛, xidao, XIDAO and zyxd. A line each, so that nothing is found across two of them.
    """
    plain = [normal(text) for text in texts if text]
    spelt = [line for text in plain if not text.isascii() for line in _spelt(text)]
    return "\n".join(dict.fromkeys([*plain, *spelt]))


def normal(text: str) -> str:
    """As it is compared: NFKC (UAX 15), lower case, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=20_000)
def _spelt(text: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin  # half a second of dictionaries, which a process without texts never needs

    syllables = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
    whole = "".join(syllables)
    if whole == text:
        return ()
    initials = "".join(part[0] if part and not part.isspace() else part for part in syllables if part)
    return whole.replace(" ", ""), initials.replace(" ", "")
