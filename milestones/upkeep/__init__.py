"""How is an installation kept: is it well, and can it be put back as it was?"""
