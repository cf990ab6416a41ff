"""What does each noun look like to other systems?"""
