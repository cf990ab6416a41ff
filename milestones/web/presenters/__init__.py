"""How do rows become sentences, marks and lines that a template only has to lay out?"""
