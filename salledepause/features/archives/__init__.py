"""Archives: what somebody wrote and kept elsewhere comes in, what they have here goes out, both as Mastodon's archive and tables.

`bring` takes an archive (zip or tar, whole or cut off, hostile until read), `bring_table` one CSV; `export` and `export_table`
write them. Each yields a `Step` for each thing met, with its place and why it was refused, so that whoever asked can tell how
far it is and what was lost. Imports go through the same front doors as living people, as of the day of each post, are told to
nobody (`main.hushed`), and done again bring nothing twice: posts remember the addresses that they had. From a page one asks for
an errand (`ask_archive`, `ask_table`) that a job does (`run`), and takes the archive once (`take`).
"""

from salledepause.features.archives.bringing import bring
from salledepause.features.archives.errands import (
    MOST_BYTES,
    ask_archive,
    ask_table,
    errand,
    errands,
    give_up,
    run,
    sweep,
    table,
    take,
)
from salledepause.features.archives.errands_store import Errand
from salledepause.features.archives.leaving import export, export_table
from salledepause.features.archives.model import FILES, Outcome, Step, What
from salledepause.features.archives.tables_in import bring_table

__all__ = [
    "FILES",
    "MOST_BYTES",
    "Errand",
    "Outcome",
    "Step",
    "What",
    "ask_archive",
    "ask_table",
    "bring",
    "bring_table",
    "errand",
    "errands",
    "export",
    "export_table",
    "give_up",
    "run",
    "sweep",
    "table",
    "take",
]
