"""How does somebody act from a mail, without signing in?"""
