"""What a signpost is, what the house comes with, and what may be written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import clean, folded

NAME_LENGTH, DESK_LENGTH, DOES_LENGTH, REPLY_LENGTH = 60, 160, 400, 450
SOURCE_LENGTH, ADDRESS_LENGTH, WORDS_LENGTH = 160, 300, 4000
MOST_SIGNPOSTS = 100
MOST_WORDS = 150
"""Words in a list of one."""
LONGEST_PHRASE, SHORTEST_BEGINNING = 6, 3
TOKEN = re.compile(r"[^\W_]+")


class Signpost(NamedTuple):
    """A kind of request and where it goes; `ours` when it comes with the house as it is."""

    key: str
    name: str
    desk: str
    does: str
    """What that desk does, for everybody to read."""
    reply: str
    """What one may answer, to be changed before it is sent."""
    source: str
    address: str
    words: tuple[str, ...]
    """Words, or up to six in a row, each of which is enough in a question; `*` stands for any ending. Without accents."""
    hints: tuple[str, ...]
    """Likewise, of which it takes two."""
    ours: bool = False


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A signpost as an administrator writes it; words are set apart by commas or lines."""

    name: str = ""
    desk: str = ""
    does: str = ""
    reply: str = ""
    source: str = ""
    address: str = ""
    words: str = ""
    hints: str = ""


def key_of(name: str) -> str:
    """Return how a signpost is named in addresses."""
    return "-".join(TOKEN.findall(folded(name)))


@cache
def defaults() -> dict[str, Signpost]:
    """Return what the house comes with, by key, in the order in which it is told; read once."""
    told = tomllib.loads((files("salledepause.features.signposts") / "words.toml").read_text("utf-8"))
    made = {}
    for one in told["signpost"]:
        post = checked(msgspec.convert(one, Wanted))
        made[post.key] = post._replace(ours=True)
    return made


def found(posts: Iterable[Signpost], typed: str) -> list[Signpost]:
    """Return those that answer what somebody looks for, by their name first, then by what they say, then by a word."""
    wanted = folded(typed).strip()
    ranked = [(_rank(one, wanted), one) for one in posts]
    return [one for rank, one in sorted(ranked, key=lambda pair: pair[0]) if rank]


def _rank(one: Signpost, wanted: str) -> int:
    """Return how well one answers, 1 the best, 0 not at all."""
    if wanted in folded(one.name):
        return 1
    if wanted in folded(f"{one.desk} {one.does}"):
        return 2
    return 3 if any(wanted in word for word in (*one.words, *one.hints)) else 0


def checked(wanted: Wanted) -> Signpost:
    """Return a signpost as it is kept; raises BadInput."""
    name, desk, does, source = (" ".join(clean(one).split()) for one in (wanted.name, wanted.desk, wanted.does, wanted.source))
    reply, address = clean(wanted.reply).strip(), clean(wanted.address)
    if not key_of(name) or len(name) > NAME_LENGTH:
        raise BadInput("Dites en quelques mots ce qui est demandé : {most} caractères au plus.", most=NAME_LENGTH)
    if not desk or len(desk) > DESK_LENGTH or len(does) > DOES_LENGTH:
        raise BadInput("Dites quel guichet répond ({most} caractères), et en peu de mots ce qu'il fait.", most=DESK_LENGTH)
    if not reply or len(reply) > REPLY_LENGTH:
        raise BadInput("Écrivez une réponse courtoise : {most} caractères au plus.", most=REPLY_LENGTH)
    if len(source) > SOURCE_LENGTH or len(address) > ADDRESS_LENGTH:
        raise BadInput("La source est trop longue.")
    if address and not re.fullmatch(r"https?://[^\s<>\"']+", address):
        raise BadInput("L'adresse de la source commence par https://.")
    return Signpost(key_of(name), name, desk, does, reply, source, address, _phrases(wanted.words), _phrases(wanted.hints))


def _phrases(typed: str) -> tuple[str, ...]:
    """Return the words of a list, in the shape in which they are looked for; raises BadInput."""
    if len(typed) > WORDS_LENGTH:
        raise BadInput("Ces mots sont trop nombreux : {most} caractères au plus.", most=WORDS_LENGTH)
    made = dict.fromkeys(_phrase(one) for one in re.split(r"[,;\n]", clean(typed)))
    made.pop("", None)
    if len(made) > MOST_WORDS:
        raise BadInput("Au plus {most} mots par liste.", most=MOST_WORDS)
    return tuple(made)


def _phrase(typed: str) -> str:
    tokens = re.findall(r"[^\W_]+\*?", folded(typed))
    short = any(one.endswith("*") and len(one) <= SHORTEST_BEGINNING for one in tokens)
    if len(tokens) > LONGEST_PHRASE or short:
        raise BadInput(
            "« {words} » ne peut pas être reconnu : six mots au plus, et au moins trois lettres avant une étoile.",
            words=typed.strip()[:NAME_LENGTH],
        )
    return " ".join(tokens)
