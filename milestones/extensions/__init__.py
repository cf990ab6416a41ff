"""Who asks for a later date, and who decides on it?"""
