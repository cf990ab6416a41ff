"""How does an empty installation show itself to somebody who wants to look first?"""
