"""How do plans come in as files?"""
