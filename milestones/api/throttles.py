"""How often may one client ask?"""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import BaseThrottle


class PerClient(BaseThrottle):
    def allow_request(self, request: Any, view: Any) -> bool:
        return True
