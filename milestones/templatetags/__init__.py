"""What do templates call?"""
