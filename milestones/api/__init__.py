"""How do other systems speak with us over HTTP?"""
