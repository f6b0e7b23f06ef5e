"""The hosts' pages: what waits, who comes in, what is reported, who is here, what is announced, and the journal of it all.

Each module is a screen, entered through `door.for_hosts`: whoever keeps no house meets the same closed door whatever stands
behind it.
"""

from salledepause.surfaces.web.keeping import (
    accounts,
    announcements,
    appeals,
    company,
    emojis,
    entries,
    glossary,
    helping,
    holds,
    images,
    journal,
    overview,
    reports,
    servers,
    signposts,
    teams,
    texts,
    verifications,
)

TOPICS = (
    overview,
    entries,
    verifications,
    reports,
    holds,
    images,
    appeals,
    helping,
    company,
    accounts,
    announcements,
    emojis,
    servers,
    teams,
    glossary,
    signposts,
    journal,
    texts,
)
"""The screens, in their order."""
