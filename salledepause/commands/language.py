"""The French language engine from the command line: JSON lines in, JSON lines out, so that anyone can measure it on any set.

Each command loads the engine itself: whatever else this program does need not carry NumPy along.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from salledepause.features import language
from salledepause.features.language import Mention
from salledepause.kernel.errors import BadInput

app = typer.Typer(no_args_is_help=True)
Line = TypeVar("Line")

Learned = Annotated[
    Path | None,
    typer.Option(help="Ce qui a été appris avec un autre modèle.", envvar="SALLEDEPAUSE_LANGUAGE", exists=True, file_okay=False),
]

BATCH = 32
"""Lines that are answered together: the encoder reads several texts as fast as it can only together."""
AT_ONCE = 1 << 16
LONGEST = 1 << 20
"""Bytes of a line."""


class Text(msgspec.Struct, frozen=True):
    """A line that is only a text."""

    text: str


@app.command()
def remarks(
    cards: Annotated[Path, typer.Option(help="Fiches : {id, remark, answer}.", exists=True, dir_okay=False)],
    examples: Annotated[Path | None, typer.Option(help="Textes connus : {remark, text}.", exists=True, dir_okay=False)] = None,
    learned: Learned = None,
) -> None:
    """Dit de chaque texte à quelle fiche il revient, ou à aucune quand ce n'est pas sûr."""
    known = list(_read(examples, language.Example)) if examples else []
    desk = language.desk(list(_read(cards, language.Card)), known, language.choose(learned))

    def answered(lines: list[Text]) -> Iterator[dict[str, Any]]:
        for found in language.remarks(desk, [line.text for line in lines]):
            three = [[one.card, one.score] for one in found.candidates]
            yield {"card": found.card, "score": found.score, "candidates": three, "reason": found.reason}

    _answer(Text, answered)


@app.command()
def mentions(learned: Learned = None) -> None:
    """Dit de chaque mention ce qu'elle fait à qui la reçoit, selon qui l'écrit."""
    engine = language.choose(learned)

    def answered(lines: list[Mention]) -> Iterator[dict[str, Any]]:
        for found in language.mentions(lines, engine):
            yield msgspec.to_builtins(found)

    _answer(language.Mention, answered)


@app.command()
def secret(learned: Learned = None) -> None:
    """Dit de chaque texte s'il laisse reconnaître quelqu'un, et par quoi."""
    engine = language.choose(learned)

    def answered(lines: list[Text]) -> Iterator[dict[str, Any]]:
        for line in lines:
            yield msgspec.to_builtins(language.secret(line.text, engine))

    _answer(Text, answered)


@app.command()
def train(
    source: Annotated[Path | None, typer.Option("--from", help="Textes à apprendre.", exists=True, file_okay=False)] = None,
    into: Annotated[Path | None, typer.Option(help="Où ranger ce qui est appris.", file_okay=False)] = None,
    words: Annotated[bool, typer.Option("--words", help="Distille aussi à nouveau la table des mots.")] = False,
    model: Annotated[Path | None, typer.Option(help="Dossier d'un autre modèle de phrases, avec --into.")] = None,
) -> None:
    """Apprend tout à nouveau à partir des textes ; deux fois de suite donne les mêmes octets."""
    lesson = language.Lesson(source, into, words, model)
    for name, size in language.learn(lesson, lambda step: print(f"… {step}", file=sys.stderr, flush=True)):
        print(f"{name} : {size / 1e6:.2f} Mo")


@app.command()
def evaluate(
    unseen: Annotated[Path | None, typer.Option(help="Textes jamais appris.", exists=True, file_okay=False)] = None,
    data: Annotated[Path | None, typer.Option(help="Jeux publics.", exists=True, file_okay=False)] = None,
    first: Annotated[bool, typer.Option("--first", help="Premier passage seul, sans encodeur.")] = False,
    learned: Learned = None,
) -> None:
    """Mesure chaque but sur des textes jamais appris, avec son intervalle de confiance à 95 %."""
    shown = Table("mesure", "valeur", "intervalle", "textes", "but", "part du but")
    for one in language.measured(unseen, data, language.quick() if first else language.choose(learned)):
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        bar = "" if one.target is None else f"{'≥' if one.more else '≤'} {one.target:g}"
        shown.add_row(one.name, f"{one.value:.3f}", f"{one.low:.3f} – {one.high:.3f}", str(one.texts), bar, ratio)
    Console(width=150).print(shown)


def _read(path: Path, kind: type[Line]) -> Iterator[Line]:
    for place, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=kind)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadInput("{name}, ligne {place} : {error}", name=path.name, place=place, error=error) from None


def _answer(kind: type[Line], answered: Callable[[list[Line]], Iterator[Mapping[str, Any]]]) -> None:
    """Answer each line of standard input, in order; a bad one is answered by an error and stops nothing."""
    for lines in _batches():
        read = [_line(line, kind) for line in lines]
        good = [line for line in read if not isinstance(line, str)]
        told = iter(answered(good))
        for line in read:
            said = {"error": line} if isinstance(line, str) else next(told)
            sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
        sys.stdout.buffer.flush()


def _batches() -> Iterator[list[bytes]]:
    """Give the lines that are there together, none waiting for the next ones."""
    begun = b""
    while part := os.read(sys.stdin.fileno(), AT_ONCE):
        *whole, begun = (begun + part).split(b"\n")
        yield from (whole[at : at + BATCH] for at in range(0, len(whole), BATCH))
    if begun:
        yield [begun]


def _line(line: bytes, kind: type[Line]) -> Line | str:
    if len(line) > LONGEST:
        return "too long"
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return str(error)
