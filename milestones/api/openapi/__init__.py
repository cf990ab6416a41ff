"""What does the document say that describes the API?"""
