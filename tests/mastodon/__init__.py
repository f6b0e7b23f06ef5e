"""Tests of the Mastodon door."""
