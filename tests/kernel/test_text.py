"""What people type, row by row: French typography, links, mentions, tags, hostile text."""

from html.parser import HTMLParser

import pytest

from salledepause.kernel import text
from salledepause.kernel.text import Found, MentionLink

FAMILY = "👨‍👩‍👧‍👦"
MENTIONS = {
    "bob": MentionLink("bob", "https://ici.test/@bob"),
    "alice@chu.fr": MentionLink("alice", "https://chu.fr/@alice"),
}


def tag_url(key: str) -> str:
    return f"https://ici.test/tags/{key}"


def html_of(typed: str) -> str:
    return text.to_html(typed, MENTIONS, tag_url)


def link(visible: str, *, href: str = "", start: str = "https://", rest: str = "") -> str:
    return (
        f'<a href="{href or start + visible + rest}" target="_blank" rel="nofollow noopener noreferrer" translate="no">'
        f'<span class="invisible">{start}</span><span class="{"ellipsis" if rest else ""}">{visible}</span>'
        f'<span class="invisible">{rest}</span></a>'
    )


def mention(name: str, url: str) -> str:
    return f'<span class="h-card" translate="no"><a href="{url}" class="u-url mention">@<span>{name}</span></a></span>'


def hrefs(html: str) -> list[str | None]:
    found: list[str | None] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value for name, value in attrs if tag == "a" and name == "href")

    Reader().feed(html)
    return found


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  bonjour \n", "bonjour"),
        ("un\r\ndeux\rtrois", "un\ndeux\ntrois"),
        ("un\u2028deux\u2029trois", "un\ndeux\ntrois"),
        ("e\u0301te\u0301", "été"),
        ("e\u202a\u0301", "é"),
        ("a\x00b\x07c\x1b\x7f\x85d", "abcd"),
        ("a\tb", "a\tb"),
        ("\u202eécrit à l’envers\u202c \u2066isolé\u2069", "écrit à l’envers isolé"),
        ("a\ud800b\udfff", "ab"),
        ("a\ufffeb\uffff", "ab"),
        (f"ma {FAMILY} !", f"ma {FAMILY} !"),
        ("« Quoi\u202f? »\u00a0!", "« Quoi\u202f? »\u00a0!"),
        ("\u00a0\u202f\u200b\ufeffa\u200b\u00a0", "a"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("a\n\n\n\nb", "a\n\n\nb"),
        ("a\n \n\t\n\u00a0\n\n\nb", "a\n\n\nb"),
        ("a" + "\u0301" * 200, "á" + "\u0301" * 29),
        ("a" + "\u0344" * 40, "ä" + "\u0301\u0308" * 15),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (" \n\u200b\n ", ""),
    ],
)
def test_what_is_stored(typed: str, stored: str) -> None:
    assert text.clean(typed) == stored


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("", 0),
        ("bonjour", 7),
        ("été", 3),
        ("e\u0301te\u0301", 3),
        (FAMILY, 1),
        ("👩🏽‍⚕️", 1),
        ("🇫🇷🇧🇪", 2),
        ("🇫🇷🇧🇪🇨", 3),
        ("1️⃣", 1),
        ("« Quoi\u202f? »", 10),
        ("a\r\nb", 3),
        ("https://chu.fr", 23),
        ("voir https://chu.fr/un/chemin/bien/plus/long/que/vingt-trois, non ?", 5 + 23 + 7),
        ("https://chu.fr\u200d", 23),
        ("@bob@chu-tres-long.example.org bonjour", 12),
        ("@bob bonjour", 12),
        ("jean@chu.fr", 11),
        ("http://serveur", 14),
    ],
)
def test_how_long_it_is(typed: str, count: int) -> None:
    assert text.length(typed) == count


def test_the_weight_of_a_link_can_be_chosen() -> None:
    assert text.length("https://chu.fr https://ap.fr", 10) == 21


@pytest.mark.parametrize(
    ("typed", "mentions"),
    [
        ("@bob", ["bob"]),
        ("@Bob et @BOB", ["bob"]),
        ("@zoe, puis @bob.", ["zoe", "bob"]),
        ("(@bob) «@zoe» l’@ana", ["bob", "zoe", "ana"]),
        ("@bob@chu.fr: oui", ["bob@chu.fr"]),
        ("@bob@CHU.fr.", ["bob@chu.fr"]),
        ("@bob@chu.fr:8443 !", ["bob@chu.fr:8443"]),
        ("@bob@localhost:3000", ["bob@localhost:3000"]),
        ("@bob@hôpital.fr", ["bob@hôpital.fr"]),
        ("@jean.dupont-b @a_b", ["jean.dupont-b", "a_b"]),
        ("@bob.Évidemment", ["bob"]),
        ("@bob-même", ["bob"]),
        ("- @bob\n-@zoe", ["bob", "zoe"]),
        ("jean@chu.fr jean.d+x@chu.fr jean-@chu.fr jean+@chu.fr", []),
        ("https://chu.fr/@bob ftp://chu.fr/@bob /@bob ?u=@bob", []),
        ("https://moi:secret@chu.fr", []),
        ("https://moi:@bob", []),
        ("@hélène", []),
        ("@bob@zoe", []),
        ("@ bob @@ @. @", []),
    ],
)
def test_who_is_mentioned(typed: str, mentions: list[str]) -> None:
    assert list(text.scan(typed).mentions) == mentions


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("#Santé", ["Santé"]),
        ("#Santé #sante #SANTÉ", ["Santé"]),
        ("(#garde), #nuit! «#urgences»", ["garde", "nuit", "urgences"]),
        ("l’#hôpital", ["hôpital"]),
        ("#soignant·e·s", ["soignant·e·s"]),
        ("#soignant·", ["soignant"]),
        ("#2024_25 #12h #h12", ["2024_25", "12h", "h12"]),
        ("#日本 #Ελλάδα #हिन्दी #می\u200cخواهم", ["日本", "Ελλάδα", "हिन्दी", "می\u200cخواهم"]),
        ("#garde-nuit", ["garde"]),
        ("#123 #_ #___ # #-a #·a #1·", []),
        ("a#b é#b 1#b _#b", []),
        ("&#39; &#x27; &#xe9;", []),
        ("https://chu.fr/#garde https://chu.fr#garde /#garde ?a=#garde", []),
        ("#1️⃣ #️⃣", []),
        ("#" + "a" * 255, ["a" * 255]),
        ("#" + "a" * 256, []),
    ],
)
def test_what_is_tagged(typed: str, tags: list[str]) -> None:
    assert list(text.scan(typed).tags) == tags


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Santé", "sante"),
        ("SANTÉ", "sante"),
        ("sante\u0301", "santé"),
        ("Cœur", "coeur"),
        ("Ⅷ", "viii"),
        ("ｇarde", "garde"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("می\u200cخواهم", "میخواهم"),
    ],
)
def test_two_spellings_of_one_tag(one: str, other: str) -> None:
    assert text.tag_key(one) == text.tag_key(other)


def test_a_vowel_sign_is_no_accent() -> None:
    assert text.tag_key("हिन्दी") == "हिन्दी"
    assert text.tag_key("が") != text.tag_key("か")


@pytest.mark.parametrize(
    ("typed", "emojis"),
    [
        (":coeur:", ["coeur"]),
        ("(:coeur:), :coeur: :garde_nuit:", ["coeur", "garde_nuit"]),
        ("10:30:45 a:coeur:b ::coeur:: :a: :cœur: : coeur :", []),
        ("https://chu.fr/:coeur:", []),
    ],
)
def test_which_emojis_are_used(typed: str, emojis: list[str]) -> None:
    assert list(text.scan(typed).emojis) == emojis


@pytest.mark.parametrize(
    ("typed", "links"),
    [
        ("https://chu.fr, http://ap.fr.", ["https://chu.fr", "http://ap.fr"]),
        ("https://chu.fr https://chu.fr", ["https://chu.fr"]),
        ("HTTPS://CHU.FR/Nuit", ["HTTPS://CHU.FR/Nuit"]),
        ("(https://chu.fr/a) [https://chu.fr/b] «https://chu.fr/c» “https://chu.fr/d”", [f"https://chu.fr/{x}" for x in "abcd"]),
        ("« https://chu.fr/a » : voilà", ["https://chu.fr/a"]),
        ("https://chu.fr/a\u00a0? https://chu.fr/b\u202f! https://chu.fr/c ;", [f"https://chu.fr/{x}" for x in "abc"]),
        ("https://chu.fr/a? https://chu.fr/b!… https://chu.fr/c:", [f"https://chu.fr/{x}" for x in "abc"]),
        ("https://fr.wikipedia.org/wiki/Mercure_(planète).", ["https://fr.wikipedia.org/wiki/Mercure_(planète)"]),
        ("https://chu.fr/l’eau_d'ici’", ["https://chu.fr/l’eau_d'ici"]),
        ("[ici](https://chu.fr/a)suite **https://chu.fr/b**", ["https://chu.fr/a", "https://chu.fr/b"]),
        ("https://chu.fr/?q[]=1&r=é#bas.", ["https://chu.fr/?q[]=1&r=é#bas"]),
        ("https://chu.fr:8443/a http://127.0.0.1:8000 http://localhost/", None),
        ("https://hôpital.fr/é", ["https://xn--hpital-ixa.fr/é"]),
        ("https://chu.fr/😀 https://chu.fr😀", ["https://chu.fr/", "https://chu.fr"]),
        ("https://a_b.chu.fr/-x_", ["https://a_b.chu.fr/-x_"]),
        ("xhttps://chu.fr éhttps://chu.fr", []),
        ("www.chu.fr chu.fr ftp://chu.fr javascript:alert(1) data:text/html,x", []),
        ("http://serveur/ http://3232235777/ http://0300.1.1.1/ http://[::1]/ http://256.1.1.1/", []),
        ("https:// https://. https://- https://-a.fr https://a-.fr https://chu..fr https://chu.f", []),
        ("https://chu.fr:99999/ https://chu.fr:123456/ https://" + "a" * 64 + ".fr https://" + "a." * 130 + "fr", []),
        ("https://chu.fr%2eevil.test https://chu.fr\\@evil.test https://☃.net https://pay\u00adpal.com", []),
        ("https://moi@evil.test https://chu.fr@evil.test https://chu.fr:80@evil.test https://a:b@evil.test/", []),
    ],
)
def test_what_is_linked(typed: str, links: list[str] | None) -> None:
    assert list(text.scan(typed).links) == (typed.split() if links is None else links)


def test_everything_is_found_once_in_order() -> None:
    typed = "@Bob @alice@chu.fr :coeur: #Garde https://chu.fr @bob #garde :coeur: https://chu.fr #nuit"
    assert text.scan(typed) == Found(("bob", "alice@chu.fr"), ("Garde", "nuit"), ("coeur",), ("https://chu.fr",))


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("", ""),
        (" \n ", ""),
        ("Bonjour", "<p>Bonjour</p>"),
        ("un\ndeux", "<p>un<br />deux</p>"),
        ("un\n\ndeux", "<p>un</p><p>deux</p>"),
        ("un\n \n\t\n\ndeux\ntrois", "<p>un</p><p>deux<br />trois</p>"),
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        ("« l'eau »\u202f!", "<p>« l&#x27;eau »\u202f!</p>"),
        ("&eacute; &#39;", "<p>&amp;eacute; &amp;#39;</p>"),
        ("@Bob ?", f"<p>{mention('bob', 'https://ici.test/@bob')} ?</p>"),
        ("(@alice@chu.fr)", f"<p>({mention('alice', 'https://chu.fr/@alice')})</p>"),
        ("@inconnue @bob@ailleurs.fr", "<p>@inconnue @bob@ailleurs.fr</p>"),
        ("#Santé,", '<p><a href="https://ici.test/tags/sante" class="mention hashtag" rel="tag">#<span>Santé</span></a>,</p>'),
        (":coeur: <3", "<p>:coeur: &lt;3</p>"),
        ("https://chu.fr/a.", f"<p>{link('chu.fr/a')}.</p>"),
        ("http://www.chu.fr/a", f"<p>{link('chu.fr/a', start='http://www.')}</p>"),
        ("https://www.fr/a", f"<p>{link('www.fr/a')}</p>"),
        ("https://chu.fr/?a=1&b=2", f"<p>{link('chu.fr/?a=1&amp;b=2')}</p>"),
        ("https://chu.fr/" + "a" * 23, f"<p>{link('chu.fr/' + 'a' * 23)}</p>"),
        ("https://chu.fr/" + "a" * 40, f"<p>{link('chu.fr/' + 'a' * 23, rest='a' * 17)}</p>"),
        (
            "https://banque.fr.connexion.sure.piege.example/a",
            f"<p>{link('banque.fr.connexion.sure.piege.example', rest='/a')}</p>",
        ),
        ("https://hôpital.fr/é", f"<p>{link('hôpital.fr/é', href='https://xn--hpital-ixa.fr/é')}</p>"),
        ("https://пример.рф", f"<p>{link('пример.рф', href='https://xn--e1afmkfd.xn--p1ai')}</p>"),
        (
            "https://日本語ひらカナ.日本",
            f"<p>{link('日本語ひらカナ.日本', href='https://xn--y9j3b8e6e154zcvb2w6i.xn--wgv71a')}</p>",
        ),
        ("https://pаypal.com", f"<p>{link('xn--pypal-4ve.com')}</p>"),
        ("https://аррӏе.com", f"<p>{link('xn--80ak6aa92e.com')}</p>"),
        ("https://مثال.com", f"<p>{link('xn--mgbh0fb.com')}</p>"),
        ("https://ｇarde.fr", f"<p>{link('garde.fr')}</p>"),
        ("https://moi:secret@evil.test/", "<p>https://moi:secret@evil.test/</p>"),
        ("jean@chu.fr a#b", "<p>jean@chu.fr a#b</p>"),
    ],
)
def test_how_it_is_shown(typed: str, html: str) -> None:
    assert html_of(typed) == html


def test_what_is_given_is_escaped_too() -> None:
    hostile = {"bob": MentionLink('"><script>', 'https://ici.test/"onclick="x')}
    html = text.to_html("@bob #a", hostile, lambda key: f'/tags/{key}"><img>')
    assert "<script>" not in html
    assert "<img>" not in html
    assert hrefs(html) == ['https://ici.test/"onclick="x', '/tags/a"><img>']


def test_plain_text_has_links_only() -> None:
    assert text.html_of_plain("@bob #a https://chu.fr\n<b>") == f"<p>@bob #a {link('chu.fr')}<br />&lt;b&gt;</p>"


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg/onload=alert(1)>',
        "<a href='javascript:alert(1)'>x</a>",
        "javascript:alert(1)//https://chu.fr",
        'https://chu.fr/"onmouseover="alert(1)',
        "https://chu.fr/'onmouseover='alert(1)",
        "https://chu.fr/<script>alert(1)</script>",
        "https://chu.fr/`onclick=alert(1)",
        "https://<script>alert(1)</script>",
        "https://chu.fr/?<img src=x onerror=alert(1)>",
        "https://chu.fr/&quot;onclick=alert(1)",
        "https://chu.fr/&#34;&#62;&lt;script&gt;",
        "https://chu.fr/\x00<script>",
        "#<script>alert(1)</script> #a<b> #a\"onclick='x'",
        "@bob<script>alert(1)</script> @bob\"onclick='x'",
        "@<script> @bob@<script>.fr @bob@chu.fr<img>",
        ":<script>: :a\"b: :onclick='x':",
        "<p><br /></p><!-- --><![CDATA[<script>]]><?php ?>",
        "</span></a></p><script>",
        "<<script>>alert(1)<</script>>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "&lt;script&gt; &amp;lt;script&amp;gt;",
        "<plaintext><textarea><title><noscript><iframe srcdoc='<script>'>",
        "java\nscript:alert(1) https://chu.fr/\njavascript:alert(1)",
        "https://javascript:alert(1)@chu.fr https://chu.fr:javascript",
        "＜script＞alert(1)＜/script＞",
        "+ADw-script+AD4-alert(1)",
        "https://chu.fr/{{constructor.constructor('alert(1)')()}}",
        "<a title=:coeur: href=x>",
    ],
)
def test_hostile_text_stays_text(typed: str) -> None:
    html = html_of(typed)
    bare = html
    for tag in ("<p>", "</p>", "<br />", "<span>", "</span>", "</a>"):
        bare = bare.replace(tag, "")
    opened = [piece for piece in bare.split("<")[1:] if not piece.startswith(('a href="http', 'span class="'))]
    assert opened == []
    assert all((href or "").startswith(("http://", "https://")) for href in hrefs(html))
    assert not any("onclick=" in tag or "onmouseover=" in tag for tag in bare.split("<a ")[1:] if '"on' in tag.split(">")[0])
    assert "".join(text.plain_of_html(html).split()) == "".join(typed.split())


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("", ""),
        ("<p>Bonjour</p>", "Bonjour"),
        ("<p>un<br />deux</p><p>trois</p>", "un\ndeux\n\ntrois"),
        ("<p>a &lt; b &amp;amp; &eacute;&nbsp;!</p>", "a < b &amp; é\u00a0!"),
        (f"<p>voir {link('chu.fr/un', rest='/deux')}</p>", "voir https://chu.fr/un/deux"),
        ("<p>un\n   deux</p>", "un deux"),
        ("<ul><li>un</li><li>deux</li></ul>fin", "un\n\ndeux\n\nfin"),
        ("<p>a</p><script>alert(1)</script><style>b{}</style><p>c</p>", "a\n\nc"),
        ("a < b <3 <!-- c --> <![CDATA[d", "a < b <3 <!-- c --> <![CDATA[d"),
        ('<a title="a&lt;b">x</a', "x</a"),
        ("<blockquote><p>un</p></blockquote><p>deux</p>", "un\n\ndeux"),
    ],
)
def test_what_a_reader_sees(html: str, plain: str) -> None:
    assert text.plain_of_html(html) == plain


@pytest.mark.parametrize(
    ("typed", "limit", "first"),
    [
        ("court", 10, "court"),
        ("Une phrase entière ici. Puis une autre.", 30, "Une phrase entière ici. "),
        ("Une phrase ici. Puis une autre bien plus longue", 28, "Une phrase ici. Puis une "),
        ("Vraiment, qui vient\u202f? Personne ne répond encore.", 30, "Vraiment, qui vient\u202f? "),
        ("Elle dit : « Je reste ce soir. » Et elle est restée.", 40, "Elle dit : « Je reste ce soir. » "),
        ("Nous verrons cela avec le Dr. Martin et les autres", 35, "Nous verrons cela avec le Dr. "),
        ("Appelez donc le Dr. Martin dès ce soir", 22, "Appelez donc le Dr. "),
        ("Voici une phrase qui ne finit pas du tout", 20, "Voici une phrase "),
        ("Est-ce que tu viens ? Oui.", 20, "Est-ce que tu "),
        ("Elle a crié « attention » hier", 15, "Elle a crié "),
        ("Elle a crié\u00a0« attention\u00a0» hier", 12, "Elle a "),
        ("Une ligne assez longue\nune autre ligne", 25, "Une ligne assez longue\n"),
        ("abcdefghijklmnopqrstuvwxyz", 10, "abcdefghij"),
        (FAMILY * 6, 4, FAMILY * 4),
        ("Voir https://chu.fr/un/chemin ici même", 25, "Voir "),
        ("https://chu.fr/un/chemin", 10, "https://chu.fr/un/chemin"),
        ("Bonjour @bernadette-dupont ce soir", 12, "Bonjour "),
        ("Bonjour #hospitalisation ce soir", 12, "Bonjour "),
        ("", 10, ""),
        ("abc", 0, "a"),
    ],
)
def test_where_it_folds(typed: str, limit: int, first: str) -> None:
    assert typed[: text.fold(typed, limit)] == first
