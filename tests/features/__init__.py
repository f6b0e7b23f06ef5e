"""Tests of features through their front doors."""
