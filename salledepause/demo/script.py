"""Reading the script of the demonstration: who the people are, and what they say when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Literal, TypeVar

import msgspec

from salledepause.features.accounts import Family
from salledepause.features.posts import Audience, Kind
from salledepause.kernel.clock import PARIS

T = TypeVar("T")


class BadScript(ValueError):
    """A file of the script contradicts itself; the message names the file and the post."""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fictional person; `joined` is in days before loading."""

    handle: str
    name: str
    family: Family
    note: str
    fields: list[tuple[str, str]] = []
    mode: Literal["contributor", "reader"] = "contributor"
    joined: int = 100
    follows: list[str] = []


class Poll(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A poll and who chose what."""

    options: list[str]
    multiple: bool = False
    hours: int = 24
    votes: dict[str, list[int]] = {}


class Clapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A clap at a victory."""

    by: str
    word: str = ""
    sign: str = "claps"
    anonymous: bool = False


class Post(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something said; `at` is a relative day and an hour in Paris: `-12 03:14`."""

    by: str
    at: str
    kind: Kind
    text: str
    key: str = ""
    to: str = ""
    audience: Audience = Audience.PUBLIC
    warning: str = ""
    hide_family: bool = False
    thanks: list[str] = []
    """To whom it goes: `finess:…`, `@handle`, or the name of a team."""
    liked: list[str] = []
    boosted: list[str] = []
    claps: list[Clapped] = []
    """Of a victory: who claps at it, within the hour."""
    running: bool = False
    """Whether they clap as the house opens."""
    poll: Poll | None = None

    def instant(self, today: datetime) -> datetime:
        """Return when it is said, for a loading on `today` (aware)."""
        day, _, hour = self.at.partition(" ")
        date = (today.astimezone(PARIS) + timedelta(days=int(day))).date()
        return datetime.combine(date, time.fromisoformat(hour), PARIS)


class _People(msgspec.Struct, forbid_unknown_fields=True):
    person: list[Person]


class _Scene(msgspec.Struct, forbid_unknown_fields=True):
    post: list[Post]


def people() -> list[Person]:
    """Return everybody; raises BadScript."""
    return [person for name, text in _files("people") for person in _decoded(name, text, _People).person]


def scenes() -> list[Post]:
    """Return everything said, scene by scene; raises BadScript."""
    return [post for name, text in _files("scene") for post in _decoded(name, text, _Scene).post]


def decoded(prefix: str, kind: type[T]) -> Iterator[T]:
    """Yield the files of the script whose names begin so; raises BadScript."""
    yield from (_decoded(name, text, kind) for name, text in _files(prefix))


def register() -> str:
    """Return some well-known hospitals, a small table of facts of public record (FINESS), in the form of the whole register."""
    return (files("salledepause.demo") / "community" / "hospitals.csv").read_text("utf-8")


def _files(prefix: str) -> Iterator[tuple[str, str]]:
    folder = files("salledepause.demo") / "community"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.startswith(prefix) and file.name.endswith(".toml"):
            yield file.name, file.read_text("utf-8")


def _decoded(name: str, text: str, kind: type[T]) -> T:
    try:
        return msgspec.toml.decode(text, type=kind)
    except msgspec.DecodeError as error:
        message = f"{name} : {error}"
        raise BadScript(message) from error
