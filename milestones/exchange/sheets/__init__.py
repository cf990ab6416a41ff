"""Which rows of cells are in a file that somebody sent, and how is such a file written?"""
