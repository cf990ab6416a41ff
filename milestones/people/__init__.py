"""Who belongs to us, and which units are there?"""
