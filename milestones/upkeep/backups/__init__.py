"""How is an installation put into one file, and out of it again?"""

from __future__ import annotations

from .backup import BackupRefused, back_up
from .restore import RestoreRefused, restore

__all__ = ["BackupRefused", "RestoreRefused", "back_up", "restore"]
