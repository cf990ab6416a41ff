"""What do tests of batches have at hand? What those of the API have."""

from __future__ import annotations

from tests.api.conftest import _nobody_asked_before, client_of

__all__ = ["_nobody_asked_before", "client_of"]
