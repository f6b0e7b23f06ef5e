"""Which language a text seems to be in, by its writing and its commonest words: a guess to offer, nothing is decided on it."""

import re
from collections.abc import Mapping
from typing import Final

COMMON: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in {
        "fr": """au aux avec c'est ce ces cette dans de des du elle elles en est et être il ils j'ai je la le les leur mais me mes
            moi mon ne nous on ou où par pas plus pour qu'il que qui sa se ses son sont sur très tu un une vous été à ça était""",
        "en": """a about all an and are as at be been but by can do for from had has have he her his how i i'm if in is it it's me
            my not of on or our she so that the their there they this to was we were what when who will with you your""",
        "es": """al como con de del el ella en es esta este está esto fue hay la las lo los me mi muy más no nos o para
            pero por porque que se ser si sin sobre son su sus también tengo un una y ya yo""",
        "de": """aber als am an auch auf aus bei bin das dem den der des die du ein eine einen er es für habe hat ich ihr im in
            ist ja man mich mir mit nach nicht noch nur oder sich sie sind so über um und uns von war was wenn wie wir
            zu zum zur""",
        "it": """al alla anche che chi ci come con da dal dei del della di e ed era gli ha ho i il in io la le lo ma mi nel nella
            non per perché più quando questa questo se si sono su sul un una è""",
        "pt": """ao as com como da das de do dos e ela ele em está eu foi há isso já mais mas me minha muito na não no nos o os ou
            para pela por porque quando que se sem ser seu são também tem um uma você é à""",
        "nl": """aan als bij dan dat de deze die dit door een en er ga had heb heeft het hij ik in is je maar me met mijn naar
            niet nog of om ook op te uit van voor was wat we wel wij ze zich zijn zo""",
    }.items()
}
WRITINGS: Final = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0620-\u064a]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("el", re.compile("[\u03b1-\u03c9]", re.IGNORECASE)),
)
"""Writings that one language of our neighbours uses; Japanese before Chinese, whose signs it shares."""
LOOKED_AT: Final = 2000
"""Characters from the beginning."""
FEWEST: Final = 3
"""Common words without which nothing is guessed."""
_ELSEWHERE = re.compile(r"https?://\S+|[@#]\S+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def guessed(text: str) -> str | None:
    """Return the language (ISO 639-1) that a text seems to be in, `None` when it is too short or too mixed to tell."""
    seen = _ELSEWHERE.sub(" ", text[:LOOKED_AT])
    letters = sum(map(str.isalpha, seen))
    for language, letter in WRITINGS:
        if letters and len(letter.findall(seen)) * 3 >= letters:
            return language
    words = [word.lower().replace("’", "'") for word in _WORD.findall(seen)]
    scores = sorted(((sum(word in common for word in words), name) for name, common in COMMON.items()), reverse=True)
    (best, language), (second, _) = scores[:2]
    return language if best >= FEWEST and best * 4 >= second * 5 and best * 6 >= len(words) else None
