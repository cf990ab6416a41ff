"""How does a test speak with the API? As another system does: with a token, over Django's own test client."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from milestones.clients import operations
from tests.cast import NOW, SYSTEM

V1 = "/api/v1"


class Api:
    """Each call takes a path below /api/v1 and gives the response; `data` is its JSON."""

    def __init__(self, token: str = "", session: Client | None = None) -> None:
        self.client = session or Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **headers: str) -> Any:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._ask("POST", path, {} if body is None else body, headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self._ask("PUT", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self._ask("PATCH", path, body, headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self._ask("DELETE", path, None, headers)

    def raw(self, method: str, path: str, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
        """Bytes as they are. Headers are written with underscores: If_Match."""
        named = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        address = path if path.startswith(("/api", "http")) else f"{V1}{path}"
        return self.client.generic(method, address, body, content_type=content_type, headers=named)

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        return self.raw(method, path, content, **headers)


def new_client(*scopes: str, name: str = "other-system", **values: Any) -> Api:
    """A client with these scopes; `plans` and `organisations` are rows."""
    issued = operations.create({"name": name, "scopes": list(scopes), **values}, actor=SYSTEM, now=NOW)
    return Api(issued.token)


def etag(answer: Any) -> str:
    return str(answer["ETag"])
