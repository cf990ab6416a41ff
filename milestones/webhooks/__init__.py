"""How are other systems told that something changed?"""
