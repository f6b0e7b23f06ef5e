"""So that what a person typed is cleaned, measured, linked and folded by one scanner, and never becomes a script.

Text is stored as `clean` gives it and shown as `to_html` makes it. `length`, `scan`, `to_html` and `fold` read the same tokens
(`_TOKEN`), so what is counted is what is linked. The rules are Mastodon's (text formatter, status length validator, mention
and hashtag patterns), save where French typography, accented words or a deceptive host name ask for more.
Every pattern runs in linear time: repetitions are possessive, or their alternatives begin with different characters. What must
not precede a token is looked up after its first character, so that the scanner leaps over everything else.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import NamedTuple

import idna
import msgspec
import regex

LINK_WEIGHT = 23  # as Mastodon counts; posts count as the house is set
SHORTEST_LINK = 8  # code points of the shortest one, `http://a`
HEAVIEST = 8  # code points that one counted character may weigh on average: flags, families, links
SHOWN_LINK = 30
LONGEST_TAG = 255

_WORD = r"\p{L}\p{M}\p{N}_"
_TAG_DOTS = "\u00b7\u30fb\u200c"  # middle dot of inclusive writing, Katakana dot, Persian half-space
_URL_END = rf"{_WORD}/%#&=+$@\-"
_URL_INSIDE = r"!'*,.:;?~|’–—…·"  # French and English punctuation: part of an address only when more of it follows
_URL_CHAR = f"[{_URL_END}{_URL_INSIDE}]"

_TOKEN = regex.compile(
    rf"""
    (?P<link>
        (?P<scheme>[hH][tT]{{2}}[pP][sS]?://)(?<![{_WORD}][hH][tT]{{2}}[pP][sS]?://)
        (?P<host>(?:[._-]*+[\p{{L}}\p{{M}}\p{{N}}]++)++)
        (?P<port>:[0-9]{{1,5}}+)?+
        (?![%\\]|:?[0-9]|[^\s/?\#@]*+@)               # user:password@host deceives: never linked
        (?P<path>(?=[/?\#])(?:[{_URL_INSIDE}]*+(?:[{_URL_END}]++|\({_URL_CHAR}*+\)|\[{_URL_CHAR}*+\]))*+)?+
    )
    | [hH][tT]{{2}}[pP][sS]?://[^\s]*+                # an address that is not linked hides no mention, no tag
    | (?P<mention>
        @(?<![{_WORD}=/+%&@]@)(?<![\p{{L}}\p{{N}}]-@)
        (?P<user>[A-Za-z0-9_]++(?![{_WORD}])(?:[.-]++[A-Za-z0-9_]++(?![{_WORD}]))*+)
        (?P<domain>@(?:[{_WORD}]++(?:-++[{_WORD}]++)*+(?:\.[{_WORD}]++(?:-++[{_WORD}]++)*+)++|localhost(?![{_WORD}]))
            (?::[0-9]{{1,5}}+(?![{_WORD}]))?+)?+
        (?!@)
    )
    | \#(?<![{_WORD}=/&]\#)(?P<tag>
        (?![{_WORD}{_TAG_DOTS}]{{{LONGEST_TAG + 1}}})
        (?=_*+[\p{{L}}\p{{N}}])(?=[\p{{N}}\p{{M}}]*+(?:[\p{{L}}_]|[{_TAG_DOTS}][{_WORD}]))
        [{_WORD}]++(?:[{_TAG_DOTS}]++[{_WORD}]++)*+
    )
    | :(?<![\p{{L}}\p{{M}}\p{{N}}:]:)(?P<emoji>[A-Za-z0-9_]{{2,}}+):(?![\p{{L}}\p{{M}}\p{{N}}:])
    """,
    regex.VERBOSE,
)
# Flags first: \X alone counts back through a whole run of flags at each of them.
_CLUSTER = regex.compile(r"[\U0001f1e6-\U0001f1ff]{2}[\p{GCB=Extend}\p{GCB=SpacingMark}\u200d]*+|\X")
_PARAGRAPHS = re.compile(r"\n(?:[^\S\n]*+\n)++")
_HIDDEN_START = re.compile(r"https?://(?:www\.(?=[^/:?#]+\.))?", re.IGNORECASE)

_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")
_MANY_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*+\n){3,}+")
_TOO_MANY_MARKS = regex.compile(r"(\p{M}{30})\p{M}++")  # the bound of stream-safe text (UAX 15): sorting marks is not linear
_BLANK = "\t\n \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u2060\u3000\ufeff"

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HOST = re.compile(
    rf"(?:(?!-)[a-z0-9_-]{{1,63}}(?<!-)\.)++[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])|localhost|(?:{_BYTE}\.){{3}}{_BYTE}",
    re.IGNORECASE | re.ASCII,
)
_LONGEST_HOST = 253
_LAST_PORT = 65535
_LATIN = regex.compile(r"[\p{Latin}\p{Common}\p{Inherited}]*+")
_MIXABLE_SCRIPTS = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    {"LATIN", "CJK", "HANGUL"},
    {"LATIN", "CJK", "BOPOMOFO"},
)

_TAG_MARKS = re.compile("[\u0300-\u036f\u200c\ufe00-\ufe0f]")  # accents; a vowel sign of another script is not an accent
_LIGATURES = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
_LIGATURE = re.compile(f"[{''.join(_LIGATURES)}]")

# A space before « ? » or after « opens no new word; nor does a space that may not break.
_WORD_START = regex.compile(r"(?<=[^\S\u00a0\u202f\u2007])(?<![«“(\[][^\S\n])(?![\s?!;:»”%€)\]])")
# Three letters before the stop: « M. », « Dr. » and « p. » end no sentence.
_SENTENCE_START = regex.compile(
    r"(?<=\n)(?!\s)|(?<=(?:[!?…]|[\p{L}»”)]{3}\.|\p{N}{2}\.)(?:[^\S\n]?[»”\")\]]){0,2}[^\S\n]{1,2})(?![\s\p{Ll}?!;:»”)\]])"
)

_PARAGRAPH_TAGS = frozenset({"p", "blockquote", "ul", "ol", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
_LINE_TAGS = frozenset({"br", "li", "div", "tr", "hr"})
_SILENT_TAGS = frozenset({"script", "style"})
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*+)(?:[\s/][^<>]*+)?+>|<")


class Found(msgspec.Struct, frozen=True):
    """What a text points at, each thing once, in order of first appearance.

    `mentions`: `user` or `user@domain[:port]`, lower case. `tags`: as first typed, without #, one per `tag_key`.
    `emojis`: shortcodes without colons. `links`: what the `href` says, host in ASCII.
    """

    mentions: tuple[str, ...]
    tags: tuple[str, ...]
    emojis: tuple[str, ...]
    links: tuple[str, ...]


class MentionLink(msgspec.Struct, frozen=True):
    """An account that a mention names: `username` is shown after @, `url` is its public page."""

    username: str
    url: str


class _Link(NamedTuple):
    href: str
    shown: str
    host_end: int


def clean(text: str) -> str:
    """Return `text` as it is stored: NFC, lines ended by a line feed, no character that hides, reverses or breaks the rest.

    At most two blank lines in a row, and thirty combining marks; no blank space at either end. Zero-width joiners and French
    narrow spaces stay. `clean` of clean text changes nothing.
    """
    wanted = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    return _MANY_BLANK_LINES.sub("\n\n\n", _composed(wanted)).strip(_BLANK)


def length(text: str, link_weight: int = LINK_WEIGHT) -> int:
    """Count user-perceived characters as Mastodon's composer does.

    Extended grapheme clusters of the NFC form (Unicode Standard Annex 29): an emoji family is 1. Each link is `link_weight`, and
    @user@domain is @user.
    """
    return _clusters(_TOKEN.sub(lambda found: _counted(found, link_weight), _composed(text)))


def fits(text: str, most: int, link_weight: int = LINK_WEIGHT) -> bool:
    """Tell whether `text` counts at most `most` characters and is no heavier than such texts are: one family may be endless."""
    return len(text) <= HEAVIEST * most and length(text, link_weight) <= most


def scan(text: str) -> Found:
    """Find the mentions, tags, custom emojis and links of a clean text."""
    mentions: dict[str, None] = {}
    tags: dict[str, str] = {}
    emojis: dict[str, None] = {}
    links: dict[str, None] = {}
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "mention":
            mentions.setdefault(_account(found))
        elif kind == "tag":
            tags.setdefault(tag_key(found["tag"]), found["tag"])
        elif kind == "emoji":
            emojis.setdefault(found["emoji"])
        elif kind == "link" and (link := _link(found)):
            links.setdefault(link.href)
    return Found(tuple(mentions), tuple(tags.values()), tuple(emojis), tuple(links))


def tag_key(tag: str) -> str:
    """Return what two spellings of one hashtag share: NFKC, case folded, without accents.

    `Santé` and `sante`, `Cœur` and `coeur` are one. `tag` comes without #. The key is indexed: at most `LONGEST_TAG` characters.
    """
    return folded(tag[:LONGEST_TAG])[:LONGEST_TAG]


def folded(text: str) -> str:
    """Return `text` as searches compare it: NFKC, case folded, without accents, ligatures as two letters."""
    if text.isascii():
        return text.lower()
    small = _LIGATURE.sub(lambda found: _LIGATURES[found[0]], unicodedata.normalize("NFKC", _composed(text)).casefold())
    return unicodedata.normalize("NFC", _TAG_MARKS.sub("", unicodedata.normalize("NFKD", small)))


def to_html(text: str, mentions: Mapping[str, MentionLink], tag_url: Callable[[str], str]) -> str:
    """Return safe HTML of a clean text, in the shape that Mastodon's clients expect; "" for blank text.

    `mentions` is keyed like `Found.mentions`; a mention that it lacks stays plain text. `tag_url` turns a `tag_key` into an
    address. Custom emojis stay `:code:`: clients replace them in text nodes.
    """

    def written(found: "regex.Match[str]") -> str | None:
        if found.lastgroup == "link":
            return _link_html(found)
        if found.lastgroup == "tag":
            return _tag_html(found["tag"], tag_url)
        if found.lastgroup == "mention" and (account := mentions.get(_account(found))):
            return _mention_html(account)
        return None

    return _document(text, written)


def html_of_plain(text: str) -> str:
    """Return safe HTML of a clean text in which only links are links."""
    return _document(text, lambda found: _link_html(found) if found.lastgroup == "link" else None)


def plain_of_html(safe: str) -> str:
    """Return about the text that a reader of safe HTML sees: paragraphs apart by one blank line, no markup, links in full.

    Anything that is not a well-formed tag is taken as text, so that the parser never meets what it is slow at.
    """
    reader = _Reader()
    reader.feed(_TAG.sub(lambda tag: f"<{tag[1]}>" if tag[1] else "&lt;", safe))
    reader.close()
    joined = re.sub(r" {2,}+", " ", "".join(reader.pieces))
    lines = "\n".join(line.strip(" ") for line in joined.split("\n"))
    return re.sub(r"\n{3,}+", "\n\n", lines).strip()


def fold(text: str, limit: int = 280, link_weight: int = LINK_WEIGHT) -> int:
    """Return the index in `text` where the part to unfold begins: `len(text)` when its `length` is at most `limit`.

    The first part weighs at most `limit` as `length` counts, unless its very first link or cluster already weighs more. It ends
    with a sentence, else with a word, else between two clusters; never inside a link, mention, tag or emoji. Spaces belong to it.
    """
    sentence = word = last = 0
    for end, weight in _places(text, link_weight):
        if weight > limit:
            return sentence or word or last or end
        last = end
        if weight * 2 >= limit and _WORD_START.match(text, end):
            word = end
            if weight * 3 >= limit * 2 and _SENTENCE_START.match(text, end):
                sentence = end
    return len(text)


def _composed(text: str) -> str:
    """Return the NFC form, with no endless run of combining marks."""
    for _ in range(0 if text.isascii() else 2):  # some marks become two
        bounded = _TOO_MANY_MARKS.sub(r"\1", text) if _TOO_MANY_MARKS.search(text) else text  # to look alone costs a third
        text = unicodedata.normalize("NFC", bounded)
    return text


def _clusters(text: str) -> int:
    return len(text) - text.count("\r\n") if text.isascii() else len(_CLUSTER.findall(text))


def _counted(found: "regex.Match[str]", link_weight: int) -> str:
    if found.lastgroup == "mention":
        return f"@{found['user']}"
    return "x" * link_weight if found.lastgroup == "link" and _link(found) else found[0]


def _account(found: "regex.Match[str]") -> str:
    return found["mention"][1:].lower()


def _places(text: str, link_weight: int) -> Iterator[tuple[int, int]]:
    """Yield (index, weight of what precedes) at each place where `text` may be cut, in order."""
    tokens = _atoms(text, link_weight)
    begin, finish, token_weight = next(tokens)
    weight = 0
    for cluster in _CLUSTER.finditer(text):
        start, end = cluster.span()
        if start >= finish:
            begin, finish, token_weight = next(tokens)
        if start <= begin < end:
            weight += token_weight
        elif start < begin:
            weight += 1
        if not begin < end < finish:
            yield end, weight


def _atoms(text: str, link_weight: int) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, weight) of each thing that is never cut; the last one is past the end of `text`."""
    for found in _TOKEN.finditer(text):
        if found.lastgroup and not (found.lastgroup == "link" and _link(found) is None):
            yield *found.span(), _clusters(_counted(found, link_weight))
    yield len(text) + 1, len(text) + 1, 0


def _document(text: str, written: "Callable[[regex.Match[str]], str | None]") -> str:
    stripped = text.strip()
    if not stripped:
        return ""
    return "".join(f"<p>{_inline(paragraph, written)}</p>" for paragraph in _PARAGRAPHS.split(stripped))


def _inline(text: str, written: "Callable[[regex.Match[str]], str | None]") -> str:
    pieces: list[str] = []
    done = 0
    for found in _TOKEN.finditer(text):
        made = written(found)
        if made is not None:
            pieces += (_escaped(text[done : found.start()]), made)
            done = found.end()
    pieces.append(_escaped(text[done:]))
    return "".join(pieces)


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br />")


def _mention_html(account: MentionLink) -> str:
    url, name = html.escape(account.url), html.escape(account.username)
    return f'<span class="h-card" translate="no"><a href="{url}" class="u-url mention">@<span>{name}</span></a></span>'


def _tag_html(tag: str, tag_url: Callable[[str], str]) -> str:
    url = html.escape(tag_url(tag_key(tag)))
    return f'<a href="{url}" class="mention hashtag" rel="tag">#<span>{html.escape(tag)}</span></a>'


def _link_html(found: "regex.Match[str]") -> str | None:
    """Write a link whose scheme, « www. » and end are hidden, but never a part of its host."""
    link = _link(found)
    if link is None:
        return None
    start = _HIDDEN_START.match(link.shown)
    begin = start.end() if start else 0
    end = max(begin + SHOWN_LINK, link.host_end)
    rest = link.shown[end:]
    return (
        f'<a href="{html.escape(link.href)}" target="_blank" rel="nofollow noopener noreferrer" translate="no">'
        f'<span class="invisible">{link.shown[:begin]}</span>'
        f'<span class="{"ellipsis" if rest else ""}">{html.escape(link.shown[begin:end])}</span>'
        f'<span class="invisible">{html.escape(rest)}</span></a>'
    )


def _link(found: "regex.Match[str]") -> _Link | None:
    hosts = _hosts(found["host"])
    port = found["port"] or ""
    if hosts is None or int(port[1:] or 0) > _LAST_PORT:
        return None
    scheme, path = found["scheme"], found["path"] or ""
    real, shown = (f"{scheme}{host}{port}" for host in hosts)
    return _Link(real + path, shown + path, len(shown))


def _hosts(typed: str) -> tuple[str, str] | None:
    """Return (host that a browser would reach, host to show), or None for what is not a full host name (RFC 5891, UTS 46).

    The host is shown as typed only when its lower case is what the browser's own mapping gives and its letters are of scripts
    used together (UTS 39, highly restrictive); otherwise in punycode, so that a Cyrillic « а » never passes for a Latin one.
    """
    if len(typed) > _LONGEST_HOST:
        return None
    if typed.isascii():
        return (typed, typed) if _HOST.fullmatch(typed) else None
    try:
        mapped = idna.uts46_remap(typed, std3_rules=False)
        real = idna.encode(mapped).decode("ascii")
    except idna.IDNAError:
        return None
    if not _HOST.fullmatch(real):
        return None
    faithful = mapped == unicodedata.normalize("NFC", typed).lower() and _is_one_writing(mapped)
    return real, typed if faithful else real


def _is_one_writing(host: str) -> bool:
    if _LATIN.fullmatch(host):
        return True
    scripts = {unicodedata.name(letter, "UNKNOWN").split()[0] for letter in host if letter.isalpha()}
    return len(scripts) == 1 or any(scripts <= mixable for mixable in _MIXABLE_SCRIPTS)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.silent = self.silent or tag in _SILENT_TAGS
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self.silent = self.silent and tag not in _SILENT_TAGS
        if tag != "br":
            self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(re.sub(r"[ \t\r\n\f]++", " ", data))

    def _part(self, tag: str) -> None:
        if tag in _PARAGRAPH_TAGS:
            self.pieces.append("\n\n")
        elif tag in _LINE_TAGS:
            self.pieces.append("\n")
