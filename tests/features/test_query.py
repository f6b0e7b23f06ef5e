"""Any text is a query, and PostgreSQL takes whatever is made of it: properties of the parser and of the roots."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from salledepause.features import timelines
from salledepause.features.posts import roots
from salledepause.features.timelines import Query, parse
from salledepause.kernel.page import Page
from tests.support.house import House

TODAY = date(2026, 11, 23)
_PIECES = """from: de: has: avec: is: est: language: langue: before: avant: during: pendant: after: après: in: dans: type: genre:
    me image sondage reply sensible fr en-GB 2026 2026-02-30 0000 9999 9999-12-31 31/12/9999 99/99/9999 hier aujourd'hui library
    doute - -- + " « » “ ” # #café @bob @bob@salle.test ' ’ · & | ! ( ) <-> :* % _ nuit l'hôpital infirmier·ère·s 🙂 É"""
PIECES = st.sampled_from([*_PIECES.split(), " ", "\\", "\0", "\ud800"])
QUERIES = st.one_of(st.text(max_size=60), st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=12).map("".join))


@given(QUERIES)
@example("from:")
@example("-")
@example("during:9999")
@example('"')
def test_any_text_is_a_query(text: str) -> None:
    query = parse(text, TODAY)
    assert all(root.isalnum() for group in (query.words, *query.phrases, *query.without) for root in group)
    assert query.since is None or isinstance(query.since, date)
    assert parse(text, TODAY) == query


@given(st.text(max_size=200))
def test_roots_are_words_alone(text: str) -> None:
    assert all(root.isalnum() and root == root.lower() for root in roots(text))


@pytest.mark.parametrize(
    "text", ["", "   ", "le", "https://salle.test/@bob", "12:30", "note:bien", "before:demain", "has:plante", "from:é"]
)
def test_what_is_no_operator_is_words(text: str) -> None:
    assert not parse(text, TODAY).operated


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("nuit", Query(words=("nuit",))),
        ("-nuit", Query(without=(("nuit",),))),
        ('"nuit de garde"', Query(phrases=(("nuit", "de", "garde"),))),
        ("« nuit de garde", Query(phrases=(("nuit", "de", "garde"),))),
        ("rendez-vous", Query(words=("rendez", "vous"))),
        ("FROM:@Bob", Query(authors=("bob",), operated=True)),
        ("-de:moi", Query(without_authors=("me",), operated=True)),
        ("avec:sondage", Query(marks=("h:poll",), operated=True)),
        ("langue:fr language:en-GB", Query(languages=("l:fr", "l:en"), operated=True)),
        ("genre:doute", Query(kinds=("k:doubt",), operated=True)),
        ('type:"Coup de gueule"', Query(kinds=("k:rant",), operated=True)),
        ("during:2024-02", Query(since=date(2024, 2, 1), until=date(2024, 3, 1), operated=True)),
        ("after:2024-12-31", Query(since=date(2025, 1, 1), operated=True)),
        ("avant:2025 avant:2024", Query(until=date(2024, 1, 1), operated=True)),
        ("hier", Query(words=("hier",))),
        ("pendant:hier", Query(since=date(2026, 11, 22), until=TODAY, operated=True)),
        ("dans:bibliothèque", Query(scope="library", operated=True)),
        ("#Réa -#nuit", Query(tags=("rea",), without_tags=("nuit",))),
    ],
)
def test_what_queries_mean(text: str, query: Query) -> None:
    assert parse(text, TODAY) == query


async def test_the_database_takes_every_query(house: House) -> None:
    ana = await house.person("ana")
    await house.say(ana, "La nuit de garde #café")
    texts: list[str] = []

    @settings(max_examples=300, database=None)
    @given(QUERIES)
    def gather(text: str) -> None:
        texts.append(text)

    gather()
    async with house.site.db.reading() as tx:
        for text in texts:
            await timelines.search_posts(tx, ana.id, parse(text, TODAY), Page(5))
    for text in texts[::10]:
        asked = text.encode("utf-8", "replace").decode()
        answer = await house.call("GET", "/api/v2/search", ana, params={"q": asked})
        assert answer.status_code in {200, 400, 422}, text
