"""Which request calls which verb, and what is shown afterwards?"""
