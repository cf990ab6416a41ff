"""Which text is in a file that somebody sent? Read in a process of its own: `python -m milestones.intake.files`."""
