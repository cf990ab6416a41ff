"""What people say to each other about a milestone, and who wants to hear of it."""
