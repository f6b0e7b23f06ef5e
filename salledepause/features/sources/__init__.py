"""Sources: what comes from outside and is read again from time to time. For now one: the official register of hospitals.

`read_hospitals` reads a file of the register (FINESS) line by line: what is new comes in, what changed is changed, what cannot
be read is told and left; interrupted, it continues. `hospitals` finds sites by their name and town as one types, accents and
abbreviations forgiven; `hospital` returns one. Everything in here is public record: it says nothing of anybody. Who shows a name
from here hears `HospitalsChanged`.
"""

from salledepause.features.sources.model import FINESS, Hospital, HospitalsChanged, abbreviated, asked, folded
from salledepause.features.sources.reading import Line, Outcome, read_hospitals, write_register
from salledepause.features.sources.store import hospital, hospitals

__all__ = [
    "FINESS",
    "Hospital",
    "HospitalsChanged",
    "Line",
    "Outcome",
    "abbreviated",
    "asked",
    "folded",
    "hospital",
    "hospitals",
    "read_hospitals",
    "write_register",
]
