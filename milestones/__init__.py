"""Milestones: what was promised, by when, by whom, and who is told in time."""
