"""Are reminders planned, sent and held back exactly as the rules say?"""
