"""Tests of Salle de pause, one folder for each part of it."""
