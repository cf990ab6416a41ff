"""Other systems: who they are, with which tokens they come, and whether they still do."""
