"""What may be typed into a page, and what does it mean?"""
