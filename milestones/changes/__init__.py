"""What changed, and in which order did it become visible?"""
