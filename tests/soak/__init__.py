"""What only shows in long runs."""
