"""Which numbers were promised, and how do their readings come in?"""
