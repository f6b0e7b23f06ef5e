"""Tests of the door of other servers."""
