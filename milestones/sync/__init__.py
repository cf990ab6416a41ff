"""How do other systems follow what happens here, and how are two installations kept the same?"""
