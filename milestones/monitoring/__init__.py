"""What does an installation tell those who watch over it?"""
