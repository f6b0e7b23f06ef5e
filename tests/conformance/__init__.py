"""Tests of the runner of other people's suites."""
