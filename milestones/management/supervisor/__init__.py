"""What keeps the processes of one installation running together, and stops them together?"""

from __future__ import annotations

from .child import Child
from .lock import AlreadyRunning, hold
from .supervise import Supervisor
from .watch import Watch

__all__ = ["AlreadyRunning", "Child", "Supervisor", "Watch", "hold"]
