"""How does a file become changes of many milestones: looked at first, then imported as one batch, and taken back?"""
