"""How do milestones stand in a table of cells, and how are they read from one again?"""
