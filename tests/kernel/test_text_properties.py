"""What holds for any text: it is safe, it is all there, it folds between words, and no text takes long."""

import time
from collections.abc import Callable
from html.parser import HTMLParser

import nh3
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from salledepause.kernel import text
from salledepause.kernel.text import MentionLink

MEBIBYTE = 1 << 20
MENTIONS = {
    "bob": MentionLink("bob", "https://ici.test/@bob"),
    "alice@chu.fr": MentionLink("alice", "https://chu.fr/@alice"),
}
ALLOWED = {
    "p": set[str](),
    "br": set[str](),
    "span": {"class", "translate"},
    "a": {"href", "class", "rel", "target", "translate"},
}
CLASSES = {None, "", "invisible", "ellipsis", "h-card", "u-url mention", "mention hashtag"}
PIECES = st.sampled_from(
    [
        *(
            "@bob",
            "@alice@chu.fr",
            "@zoe",
            "@",
            "#Santé",
            "#12",
            "#",
            ":coeur:",
            ":",
            "jean@chu.fr",
            "&amp;",
            "&#39;",
            "\\",
            "[",
            "]",
        ),
        *(
            "https://",
            "http://",
            "https://chu.fr",
            "https://hôpital.fr/é",
            "https://pаypal.com",
            "https://moi@evil.test",
            "www.chu.fr",
        ),
        *(
            "/un/chemin?a=1&b=2#c",
            "(",
            ")",
            "«\u00a0",
            "\u202f!",
            " ? ",
            ". ",
            "… ",
            "’",
            "'",
            '"',
            "<",
            ">",
            "</p>",
            "<script>",
            "<!--",
        ),
        *(
            "\n",
            "\n\n",
            " \n \n ",
            " ",
            "\t",
            "\u00a0",
            "\u200d",
            "\u0301",
            "\u0600",
            "👨‍👩‍👧‍👦",
            "🇫🇷",
            "🇫",
            "️",
            "क्",
            "\r\n",
            "\u202e",
            "\x00",
        ),
        *("bonjour", "Merci", "É", "é", "日本", "مثال", "а", "_", "-", ".", "·", "1", "M.", "x"),
    ]
)
TYPED = st.lists(PIECES | st.text(max_size=4), max_size=30).map("".join)
CLEAN = TYPED.map(text.clean)


def tag_url(key: str) -> str:
    return f"https://ici.test/tags/{key}"


class Seen(HTMLParser):
    """Everything that a parser finds, in order; adjacent data joined."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self.others: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.parts.extend("\n" if tag in {"p", "br"} else "")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def without_space(shown: str) -> str:
    return "".join(shown.split())


def shown_as_typed(typed: str) -> bool:
    """Say whether no host of `typed` is shown in punycode or mapped, and no mention loses its domain or its capitals."""
    found = text.scan(typed)
    return all(link in typed for link in found.links) and "alice@chu.fr" not in found.mentions and "@Bob" not in typed


@given(TYPED)
def test_html_holds_only_what_it_may(typed: str) -> None:
    seen = Seen(text.to_html(typed, MENTIONS, tag_url))
    assert seen.others == []
    for tag, attributes in seen.tags:
        assert set(attributes) <= ALLOWED[tag]
        assert attributes.get("class") in CLASSES
        assert attributes.get("target") in {None, "_blank"}
        assert (attributes.get("href") or "https://").startswith(("https://", "http://"))


@given(CLEAN)
def test_html_says_what_was_typed(typed: str) -> None:
    if shown_as_typed(typed):
        seen = Seen(text.to_html(typed, MENTIONS, tag_url))
        assert without_space(seen.text) == without_space(typed)
    assert without_space(Seen(text.to_html(typed, {}, tag_url)).text) == without_space(typed) or not shown_as_typed(typed)


@given(CLEAN)
def test_a_browser_reads_the_same(typed: str) -> None:
    html = text.to_html(typed, MENTIONS, tag_url)
    browsed = nh3.clean(html, tags=set(ALLOWED), attributes=ALLOWED, link_rel=None)
    assert Seen(browsed).tags == Seen(html).tags
    assert Seen(browsed).text == Seen(html).text


@given(CLEAN)
def test_links_of_html_are_those_found(typed: str) -> None:
    found = text.scan(typed)
    linked = [attributes["href"] for tag, attributes in Seen(text.html_of_plain(typed)).tags if tag == "a"]
    assert tuple(dict.fromkeys(linked)) == found.links
    known = {account: MentionLink(account, f"https://ici.test/?{account}") for account in found.mentions}
    mentioned = [
        attributes
        for _, attributes in Seen(text.to_html(typed, known, tag_url)).tags
        if attributes.get("class") == "u-url mention"
    ]
    assert tuple(dict.fromkeys((one["href"] or "").partition("?")[2] for one in mentioned)) == found.mentions


@given(CLEAN)
def test_plain_text_comes_back(typed: str) -> None:
    if shown_as_typed(typed):
        assert text.plain_of_html(text.to_html(typed, {}, tag_url)).split() == typed.split()


@given(st.text())
def test_reading_any_markup_never_fails(markup: str) -> None:
    assert len(text.plain_of_html(markup)) <= 3 * len(markup)


@given(TYPED)
def test_clean_text_is_clean(typed: str) -> None:
    once = text.clean(typed)
    assert text.clean(once) == once
    assert once.encode().decode() == once
    assert once == once.strip()
    assert "\n\n\n\n" not in once
    assert text.length(once) >= 0


@given(CLEAN, CLEAN)
def test_lengths_add_up(one: str, other: str) -> None:
    assert text.length(f"{one}\n{other}") == text.length(one) + 1 + text.length(other)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_key_is_its_own_key(tag: str) -> None:
    key = text.tag_key(tag)
    assert text.tag_key(key) == key
    assert len(key) <= text.LONGEST_TAG


@given(CLEAN, st.integers(min_value=0, max_value=80))
def test_folding_cuts_between_clusters_and_within_the_limit(typed: str, limit: int) -> None:
    cut = text.fold(typed, limit)
    assert 0 <= cut <= len(typed)
    assert (cut == len(typed)) >= (text.length(typed) <= limit)
    assert cut in {0, *(cluster.end() for cluster in regex.finditer(r"\X", typed))}
    assert typed == "" or cut > 0


@given(
    st.lists(
        st.sampled_from(["@bob", "@alice@chu.fr", "#Santé", "https://chu.fr/un/chemin", ":coeur:", "oui", "non.", "👨‍👩‍👧‍👦"])
    )
)
def test_folding_never_cuts_a_token(words: list[str]) -> None:
    typed = " ".join(words)
    for limit in (10, 25, 60):
        cut = text.fold(typed, limit)
        assert text.length(typed[:cut]) <= limit or " " not in typed[:cut].strip()
        assert typed[:cut].split() + typed[cut:].split() == words


MOMENT = 3
"""Seconds of processor, of a machine that may be busy and slow; what is not linear takes minutes at these sizes."""


def seconds(measured: Callable[[str], object], typed: str) -> float:
    """Measure processor time, which other programs disturb little; the better of two runs when the first is too long."""

    def once() -> float:
        start = time.process_time()
        measured(typed)
        return time.process_time() - start

    spent = once()
    return spent if spent < MOMENT else min(spent, once())


def html_of(typed: str) -> str:
    return text.to_html(typed, MENTIONS, tag_url)


EVERYTHING: list[Callable[[str], object]] = [
    *(text.clean, text.length, text.scan, text.tag_key, text.fold, html_of, text.html_of_plain, text.plain_of_html)
]


@pytest.mark.parametrize("unit", ["a", "é", "\u0301\u0316", "🇫🇷", "\n \t", "\u00a0", "👨\u200d", "\u0344", "\ufdfa"])
def test_a_mebibyte_of_text_is_read_in_a_moment(unit: str) -> None:
    typed = (unit * MEBIBYTE)[:MEBIBYTE]
    assert {call: spent for call in EVERYTHING if (spent := seconds(call, typed)) > MOMENT} == {}


@pytest.mark.parametrize(
    ("start", "units"),
    [
        ("", ["@", "@a-", "#", "#1", "#_", "#1·", ":", ":aa", "www.", "(", "! "]),
        ("", ["https://", "https://a.", "https://a:", "https://a.fr:1@", "https://a.fr/(", "https://a.fr/!"]),
        ("https://a.fr/", ["!", "(", ")", "(a", "[", "'", "é"]),
        ("https://", ["a", "é", "-", "a.", "a-", "1.", "@", "a@"]),
        ("#", ["1", "_", "a", "a·", "·"]),
        ("@a", [".", "-", "a", "@", ".a"]),
        ("@a@", ["a", "a.", "a-", "-", "é."]),
    ],
)
def test_no_text_makes_the_scanner_slow(start: str, units: list[str]) -> None:
    for unit in units:
        assert seconds(html_of, (start + unit * MEBIBYTE)[:MEBIBYTE]) < MOMENT, unit


@pytest.mark.parametrize("unit", ["A? ", "M. ", "\n", "« ", " ? ", "?…»”) ", "https://a.fr ", "https://a.fr/"])
def test_no_text_makes_folding_slow(unit: str) -> None:
    typed = (unit * MEBIBYTE)[:MEBIBYTE]
    assert seconds(text.fold, typed) < MOMENT
    assert seconds(lambda part: text.fold(part, 60_000), typed[:100_000]) < MOMENT


@pytest.mark.parametrize(
    "unit", ["<", "<a", '<a b="', "<!--", "</", "</a ", "&", "&a", "&#", "<![", "<?", "<a/", "> ", "<a b=c "]
)
def test_no_markup_makes_reading_slow(unit: str) -> None:
    markup = (unit * MEBIBYTE)[:MEBIBYTE]
    for start in ("", "<a ", "<script>"):
        assert seconds(text.plain_of_html, start + markup) < MOMENT


@pytest.mark.parametrize(
    "unit", [" https://a.fr", " https://é.fr", " https://я.рф", " #a", " #é", " @bob", "@a.", "@a@b.", " :aa:", "<p>"]
)
def test_a_quarter_of_a_mebibyte_of_links_is_read_in_a_moment(unit: str) -> None:
    """Each is real work, not a search that fails: 20 000 hosts to convert, 80 000 tags to write."""
    typed = (unit * MEBIBYTE)[: MEBIBYTE // 4]
    assert {call: spent for call in EVERYTHING if (spent := seconds(call, typed)) > MOMENT} == {}


def test_a_usual_post_is_shown_within_a_hundred_microseconds() -> None:
    typed = (
        "Bonjour @bob et @alice@chu.fr, ce soir encore la garde a été longue : trois brancards dans le couloir, deux lits "
        "fermés, et personne pour répondre au téléphone. On tient, mais « tenir » n’est pas un projet. Qui peut venir demain, "
        "à 14 h, pour la relève\u202f? Merci à toutes et tous #Santé"
    )
    assert 275 <= len(typed) <= 285
    best = min(seconds(lambda post: [html_of(post) for _ in range(200)], typed) for _ in range(5)) / 200
    assert best < 100e-6
