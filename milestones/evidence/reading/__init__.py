"""What is in a file that somebody sent? Read in a process of its own: `python -m milestones.evidence.reading`.

No settings, no secrets, no database here: what comes from outside is parsed where it can do no harm.
"""
