"""The glossary: what the acronyms of hospitals mean, in a sentence of ours with its source.

The house comes with some two hundred terms (`terms.txt`), which an administrator changes, adds to or takes out (`write`, `drop`).
`terms` returns all of them as they are now, `found` those that answer what somebody looks for. Pages explain them in posts: each
process keeps them in `site.terms`, as `refresh` last read them, and `GlossaryChanged` tells every process to read again.
"""

from salledepause.features.glossary.actions import drop, refresh, terms, write
from salledepause.features.glossary.model import MEANING_LENGTH, GlossaryChanged, Term, Wanted, defaults, found, key_of

__all__ = [
    "MEANING_LENGTH",
    "GlossaryChanged",
    "Term",
    "Wanted",
    "defaults",
    "drop",
    "found",
    "key_of",
    "refresh",
    "terms",
    "write",
]
