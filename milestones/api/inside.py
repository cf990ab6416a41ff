"""How does a command ask this installation as another system would, without a server and a token?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.urls import resolve

from milestones.actors import Actor
from milestones.models import Scope, Via
from milestones.sync.sides import Answer

from .auth import Client

SCOPES = frozenset({Scope.READ, Scope.WRITE, Scope.PEOPLE_READ})
NAME_LENGTH = 80  # the column that keeps a client's name


class Inside:
    """The API of this installation, with all rights of a client, under a name that history keeps. History says
    `import`: what comes in by this way was made elsewhere."""

    def __init__(self, name: str) -> None:
        name = name[:NAME_LENGTH]
        actor = Actor(None, Via.IMPORT, client=name, scopes=SCOPES)
        self._client = Client(actor, name, limited=False)
        self._base = urlsplit(settings.BASE_URL)

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        request = self._request(method, path, body, headers or {})
        found = resolve(request.path_info)
        response: Any = found.func(request, *found.args, **found.kwargs)
        content = response.content
        return Answer(response.status_code, json.loads(content) if content else None, dict(response.items()))

    def _request(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> WSGIRequest:
        where, _mark, query = f"/api/v1{path}".partition("?")
        content = b"" if body is None else json.dumps(body).encode()
        told = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        request = WSGIRequest(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": where,
                "QUERY_STRING": query,
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(content)),
                "SERVER_NAME": self._base.hostname,
                "SERVER_PORT": str(self._base.port or {"https": 443}.get(self._base.scheme, 80)),
                "wsgi.url_scheme": self._base.scheme,
                "wsgi.input": BytesIO(content),
                **told,
            }
        )
        request._force_auth_user = self._client  # type: ignore[attr-defined]  # REST framework asks nobody else then
        return request
