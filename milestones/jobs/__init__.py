"""How does long work run outside of a request, tell how far it is, and keep its result?"""
