"""Judges and recorders that the tests share."""
