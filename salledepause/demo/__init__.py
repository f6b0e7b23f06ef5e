"""The demonstration community: fictional people and thirty days and nights of their talk, loaded through the front doors.

Profiles and scenes are TOML files in `community/`, written by hand; days are relative to the day of loading. `load` fills an
empty house and does nothing in one that has people. `sign_ins` are the two accounts that a visitor may open.
"""

from salledepause.demo.loading import load, sign_ins
from salledepause.demo.script import BadScript, Person, Post, people, scenes

__all__ = ["BadScript", "Person", "Post", "load", "people", "scenes", "sign_ins"]
