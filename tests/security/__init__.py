"""The house under attack from the side of its clients: tokens, input, and the cases that happened to others."""
