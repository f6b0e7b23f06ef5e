"""The soak itself, and that its checker can fail."""
