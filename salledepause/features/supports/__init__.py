"""Words of support: what one answers with one gesture where a room counts nothing, in the place of favourites.

*Je suis là, moi aussi, courage, je t'écoute*: one of them by each person for a post, changed and taken back as easily (`give`,
`withdraw`). To apps they are favourites: one that comes from an app says « je suis là », and the other way round. Nobody reads a
score: `of` tells whoever looks their own word, and the author alone which words came and from which role families, neither names
nor numbers. No device rings for them: the author finds them below the post, and `waiting` tells in which rooms.
"""

from salledepause.features.supports.actions import give, withdraw
from salledepause.features.supports.model import LABELS, Received, Support, Word
from salledepause.features.supports.reactions import favourited, unfavourited
from salledepause.features.supports.readings import of, one, waiting

__all__ = ["LABELS", "Received", "Support", "Word", "favourited", "give", "of", "one", "unfavourited", "waiting", "withdraw"]
