"""What do people see in a browser, and what may they press?"""
