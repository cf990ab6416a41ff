"""How does a plan and its milestones come to be, change and end?"""
