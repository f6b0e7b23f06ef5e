"""Numbered SQL files, each applied once, whole, in its own transaction; a file that has run anywhere never changes."""
