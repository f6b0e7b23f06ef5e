"""What posts are found by: French words that agree whatever their gender, number, accents or typing, and marks of what a post is.

`roots` turns a text into the words that PostgreSQL's French stemmer is given, the same for what is said and for what is looked
for. The stemmer (Snowball, https://snowballstem.org/algorithms/french/stemmer.html) counts on accents, which people leave out
when they search; so accents go first, and the endings that it then misses are settled here: infirmière and infirmier,
directrice and directeur, active and actif, épuisées and épuisé.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from salledepause.features.posts.model import Post
from salledepause.kernel.text import folded

LONGEST_WORD = 60
MOST_WORDS = 10_000
"""Beyond, a text is found by its first words; the positions that PostgreSQL keeps end at 16 383."""

# « soignant·e·s », « soignant.e.s », « infirmier(ère)s », « acteur/rice »: what inclusive writing adds to a word.
_INCLUSIVE = re.compile(
    r"[·•‧∙・.(/-](?<=[^\W\d_]{3}.)(?:(?:n|l|t|s|f|v|i?[eè]r|eus|ess)?es?|(?:tr|r)ices?|s)(?:[)·•‧∙・.-]{1,2}s)?\)?(?![^\W_])"
)
_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"https?://[^\W_]", re.IGNORECASE)

_NOISE = """a ai as aie aies ait aient etre etes etee etees etais etait etaient etions etiez etant etante etantes etants
    meme memes eux leur leurs fumes futes fut fussions eumes eutes eut ayons ayions avions avons aurions serions fussiez
    qu jusqu lorsqu puisqu quoiqu"""
NOISE = frozenset(_NOISE.split())
"""Words that say nothing and that the stemmer's own list holds with their accents, or no more once their ending is settled."""
IRREGULAR = {
    "yeux": "oeil",
    "maux": "mal",
    "travaux": "travail",
    "clef": "cle",
    "clefs": "cle",
    "vieil": "vieu",
    "vieille": "vieu",
    "vieilles": "vieu",
    "bel": "beau",
    "belle": "beau",
    "belles": "beau",
    "nouvel": "nouveau",
    "nouvelle": "nouveau",
    "nouvelles": "nouveau",
    "mere": "mereo",
    "meres": "mereo",
    "idee": "ideeo",
    "idees": "ideeo",
    "folle": "fou",
    "folles": "fou",
}
"""Words whose forms no ending tells; « mère » is kept apart from « mer », « idée » from « IDE », by a form that no word has."""
ENDINGS = (
    ("trices", 2, "teu"),
    ("trice", 2, "teu"),
    ("eures", 3, "eu"),
    ("eure", 3, "eu"),
    ("euses", 2, "eu"),
    ("euse", 2, "eu"),
    ("eurs", 2, "eu"),
    ("eur", 2, "eu"),
    ("eux", 1, "eu"),
    ("oux", 1, "ou"),
    ("ifs", 1, "ive"),
    ("if", 1, "ive"),
    ("eres", 2, "er"),
    ("ere", 2, "er"),
    ("ees", 2, "e"),
    ("ee", 2, "e"),
    ("ions", 2, "ion"),
)
"""(ending, fewest letters before it, what it becomes), accents gone; the first that fits counts."""


class Index(NamedTuple):
    """What a post is found by: its words for the stemmer, and marks, which no word looks like; both with a space between two."""

    words: str
    marks: str


def roots(text: str) -> list[str]:
    """Return the words of a text without case, accents, elisions and such endings, ready for the stemmer. Total."""
    bare = _INCLUSIVE.sub("", unicodedata.normalize("NFC", text.replace("\u00ad", "")).lower())
    return [root for word in _WORD.findall(bare)[:MOST_WORDS] if (root := _root(word[:LONGEST_WORD]))]


@lru_cache(maxsize=16384)
def _root(typed: str) -> str:
    """Return the root of a word in small letters, "" for one that says nothing."""
    word = "".join(_WORD.findall(folded(typed).lower()))  # the folded form of some letters is a capital (Cherokee)
    if word in NOISE:
        return ""
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending, least, instead in ENDINGS:
        if len(word) >= len(ending) + least and word.endswith(ending):
            return word[: -len(ending)] + instead
    return word


def index_of(post: Post, options: Sequence[str] = ()) -> Index:
    """Return what a post is found by: its warning, its text, the answers of its poll, the words about its media.

    Nothing finds what is said in a room that is not searched, nor what is said for some hours.
    """
    if post.expires_at or (post.room and not post.room.searchable):
        return Index("", "")
    said = (post.warning, post.text, *options, *(one.description for one in post.media))
    return Index(" ".join(roots("\n".join(said))), " ".join(marks_of(post)))


def marks_of(post: Post) -> list[str]:
    """Return the marks of a post: `k:` its kind, `l:` its language, `h:` what it holds, `i:` what else it is."""
    holds = {"image" if one.kind == "gifv" else one.kind for one in post.media}
    found = [f"k:{post.kind}", *(f"h:{one}" for one in sorted(holds))]
    told = {
        f"l:{(post.language or '').lower().partition('-')[0]}": bool(post.language),
        "h:media": post.has_media,
        "h:poll": post.has_poll,
        "h:link": bool(_LINK.search(post.text)),
        "i:reply": post.parent_id is not None,
        "i:sensitive": post.sensitive or bool(post.warning),
    }
    return [*found, *(mark for mark, true in told.items() if true)]
