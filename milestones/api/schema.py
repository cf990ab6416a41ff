"""How does a view describe itself for the documentation?"""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    pass
