"""How is one thing done to many milestones: looked ahead, done, and told row by row?"""
