"""What keeps the processes of one installation running together, and stops them together?"""

from __future__ import annotations

from .child import Child
from .lock import AlreadyRunning, hold
from .supervise import Supervisor

__all__ = ["AlreadyRunning", "Child", "Supervisor", "hold"]
