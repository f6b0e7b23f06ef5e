"""Archives: what somebody wrote and kept elsewhere comes in, what they have here goes out, both as Mastodon's archive and tables.

`bring` takes an archive (zip or tar, whole or cut off, hostile until read), `bring_table` one CSV; `export` and `export_table`
write them. Each yields a `Step` for each thing met, with its place and why it was refused, so that whoever asked can tell how
far it is and what was lost. Imports go through the same front doors as living people, as of the day of each post, are told to
nobody (`main.hushed`), and done again bring nothing twice: posts remember the addresses that they had.
"""

from salledepause.features.archives.bringing import bring
from salledepause.features.archives.leaving import export, export_table
from salledepause.features.archives.model import FILES, Outcome, Step, What
from salledepause.features.archives.tables_in import bring_table

__all__ = ["FILES", "Outcome", "Step", "What", "bring", "bring_table", "export", "export_table"]
