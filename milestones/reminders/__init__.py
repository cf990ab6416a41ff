"""Who is reminded of what, when, by which mail, and why not?"""
