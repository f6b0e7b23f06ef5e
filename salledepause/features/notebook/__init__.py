"""The notebook: what somebody learned here (« J'ai appris »), with a note if they wish, for themselves alone.

`learn` marks a post that one may read, or changes the note; `forget` takes the mark and the note away. `entries` is the notebook,
the latest first, searched as posts are; `shown` puts beside each entry its post, through the gate of posts like any reader, and
the links that it gives as its sources. What an author erases or closes is gone from here too: what stays is one's own note, its
date, who had said it and where. Nobody else, its author included, can tell that a post was marked. `whole` is all of it, for
files and archives, and `restore` puts back what such a table tells.
"""

from salledepause.features.notebook.actions import forget, learn, restore
from salledepause.features.notebook.model import COLUMNS, LONGEST_NOTE, MOST_ENTRIES, Entry, Past, Shown, table
from salledepause.features.notebook.readings import entries, entry, marked, shown, whole

__all__ = [
    "COLUMNS",
    "LONGEST_NOTE",
    "MOST_ENTRIES",
    "Entry",
    "Past",
    "Shown",
    "entries",
    "entry",
    "forget",
    "learn",
    "marked",
    "restore",
    "shown",
    "table",
    "whole",
]
