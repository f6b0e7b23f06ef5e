"""French as it is printed, dates in words, and an English catalogue that lacks nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.features.accounts import LABELS
from salledepause.features.posts import KIND_LABELS
from salledepause.kernel import clock, words
from salledepause.surfaces import edge, web
from salledepause.surfaces.web import compose, manner, rendering, rights, signup, wording
from tests.support.msgids import PACKAGE

NOW = datetime(2026, 11, 22, 2, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Vraiment ? Oui !", "Vraiment\u202f? Oui\u202f!"),
        ("d'où : là ; « ici »", "d’où\u00a0: là\u202f; «\u00a0ici\u00a0»"),
        ("87 %% et %(n)s h", "87\u202f%% et %(n)s h"),
        ("Ni l'un, ni l'autre.", "Ni l’un, ni l’autre."),
    ],
)
def test_french_spaces_and_apostrophes(written: str, printed: str) -> None:
    assert wording.said(written, "fr") == printed


@pytest.mark.parametrize(
    ("written", "language", "printed"),
    [
        ("L'équipe : « ici » ; là ?", "fr", "L’équipe : « ici » ; là ?"),
        ("The team's : room", "en", "The team’s : room"),
        ("L'hôte : l'ote@salle.test, https://salle.test/l'hote", "fr", "L’hôte : l'ote@salle.test, https://salle.test/l'hote"),
    ],
)
def test_what_the_hosts_say_is_printed_as_well(written: str, language: str, printed: str) -> None:
    assert wording.of_the_house(written, language) == printed


@given(st.text(alphabet="a «»;:!?%\n\u202f\u00a0'", max_size=30))
def test_what_people_typed_keeps_its_letters_and_its_number_of_spaces(typed: str) -> None:
    shown = wording.unbroken(typed)
    assert len(shown) == len(typed)
    assert all(one == other or (one == " " and other in "\u202f\u00a0") for one, other in zip(typed, shown, strict=True))
    assert not any(f" {mark}" in shown for mark in ";!?:»%")


@pytest.mark.parametrize(
    ("passed", "french", "english"),
    [
        (timedelta(seconds=20), "à l’instant", "just now"),
        (timedelta(minutes=12), "il y a 12 min", "12 min ago"),
        (timedelta(hours=3, minutes=50), "il y a 3 h", "3 h ago"),
        (timedelta(days=2), "il y a 2 j", "2 d ago"),
        (timedelta(days=40), "13\u00a0oct.", "Oct\u00a013"),
        (timedelta(days=400), "18\u00a0oct.\u00a02025", "Oct\u00a018,\u00a02025"),
    ],
)
def test_dates_are_as_short_as_they_can_be(monkeypatch: pytest.MonkeyPatch, passed: timedelta, french: str, english: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert wording.ago(NOW - passed, "fr").replace("\u202f", " ") == french
    assert wording.ago(NOW - passed, "en") == english
    assert wording.in_full(NOW, "fr") == "dimanche 22 novembre 2026 à 3\u00a0h\u00a014"
    first = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # the 1st in Paris
    assert wording.in_full(first, "fr") == "mardi 1er décembre 2026 à 0\u00a0h\u00a030"
    assert wording.day_in_full(first, "fr") == "mardi 1er décembre 2026"
    assert (wording.day(first, "fr"), wording.day(first, "en")) == ("1er décembre 2026", "December 1, 2026")


@pytest.mark.parametrize(("hour", "night"), [(20, False), (21, True), (2, True), (4, True), (5, False), (12, False)])
def test_night_is_from_ten_to_six_in_paris(monkeypatch: pytest.MonkeyPatch, hour: int, night: bool) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW.replace(hour=hour))
    assert wording.is_night() is night


def test_plurals_follow_each_grammar() -> None:
    one, many = "%(n)s réponse", "%(n)s réponses"
    assert [wording.counted(one, many, number, "fr") for number in (0, 1, 2)] == [one, one, many]
    assert wording.counted(one, many, 0, "en") == "%(n)s replies"


def _of_templates() -> Iterator[str]:
    environment = rendering.environment("fr")
    for path in sorted(rendering.TEMPLATES.glob("*.html")):
        for _, _, message in environment.extract_translations(path.read_text("utf-8")):  # type: ignore[attr-defined]
            yield from (part for part in (message if isinstance(message, tuple) else (message,)) if part)


def _of_modules() -> Iterator[str]:
    for path in sorted(Path(web.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"said", "BadInput", "Forbidden", "Refusal"}:
                yield from (one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _of_tables() -> Iterator[str]:
    for labels in (LABELS, KIND_LABELS, rendering.PLURALS, rendering.AUDIENCE_LABELS, rendering.AUDIENCE_MARKS):
        yield from labels.values()
    yield from (*rights.READS.values(), *rights.WRITES.values())
    for right in rights.WIDE.values():
        yield from (right.title, right.detail)
    yield from (rights.READING, rights.WRITING, compose.READING, signup.NO_FAMILY, signup.NOT_TICKED, str(edge.Broken()))
    yield manner.WAITING.message


def test_the_english_catalogue_of_pages_is_complete() -> None:
    english = words.catalogue("en")
    wanted = {*_of_templates(), *_of_modules(), *_of_tables()}
    untold = sorted(one for one in wanted if english.gettext(one) == one and one not in SAME)
    assert len(wanted) > 200
    assert not untold


SAME = {
    *("%(n)s notification", "%(n)s notifications", "Conversations", "Notifications"),
    *("Conversation", "Courage", "Description", "Local", "Messages", "Images", "Pages", "Distance", "direction", "Version %(n)s"),
    *("opinion", "opinions", "question", "questions", "source", "sources", "info", "infos", "humour"),
}
"""What is the same in both languages, or no sentence."""


def test_the_words_that_open_an_account_again_have_one_name() -> None:
    written = [path.read_text("utf-8") for kind in ("*.py", "*.html", "*.po") for path in PACKAGE.rglob(kind)]
    assert any("mots de récupération" in text for text in written)
    assert not any("mots de secours" in text for text in written)
