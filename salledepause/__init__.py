"""Salle de pause, the break room of the people who care: a social network that a community hosts itself."""

__version__ = "0.1.0"
