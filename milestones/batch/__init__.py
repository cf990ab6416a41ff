"""How do many milestones come in at once, with the same end as if each had come by a verb of its own?"""
