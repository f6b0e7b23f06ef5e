"""How what identifies somebody may be said instead: a vaguer French wording of each part, with the small words before it.

Rules, no learning: a part is replaced together with the article and the preposition that hang on it, so that elision and gender
stay right (« de l'hôpital Foch » becomes « d'un hôpital », « âgée de 61 ans » becomes « de la soixantaine »). What no rule can
say better is left to the author.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from salledepause.features.language.ngrams import plain


class Part(NamedTuple):
    """A part of a text, what stands before and after it."""

    before: str
    words: str
    after: str


class Instead(NamedTuple):
    """What to say instead: how many characters before and after the part go with it, and the new words."""

    words: str
    back: int = 0
    on: int = 0


PREPOSED = re.compile(
    r"(?<!\w)(?:(?P<of>de l['’]|de la |de son |de sa |de leur |du |des |d['’]un |d['’]une |d['’]|de )"
    r"|(?P<at>à l['’]|à la |a la |à son |à sa |au |aux |dans l['’]|dans la |dans le |dans un |dans une |dans |en |à |a )"
    r"|(?P<bare>l['’]|la |le |les |un |une |son |sa |leur |cette |cet |ce |mon |ma |notre ))$",
    re.IGNORECASE,
)
"""The small words that hang on a part: of something, at something, or an article alone."""


def noun(said: str, where: str = "dans ") -> Callable[[Part], Instead]:
    """Return the rule that says `said`, a noun with its indefinite article, after `where` for what is at a place."""

    def rule(part: Part) -> Instead:
        found = PREPOSED.search(part.before)
        if found is None:
            return Instead(said)
        lead = "d'" if found["of"] else where if found["at"] else ""
        return Instead(lead + said, len(found[0]))

    return rule


TENS = {2: "vingtaine", 3: "trentaine", 4: "quarantaine", 5: "cinquantaine", 6: "soixantaine"}
ABOVE = {7: "soixante-dix", 8: "quatre-vingts", 9: "quatre-vingt-dix"}
ONES = "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
UNITS = {word: value for value, word in enumerate(re.findall(r"\w+", ONES), 1)} | {"une": 1}
DECADES = {
    "vingt": 20,
    "vingts": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "septante": 70,
    "huitante": 80,
}
DECADES |= {"nonante": 90}
YEARS = re.compile(r"^(?P<number>[\w -]+?) ?(?:ans?|a)$", re.IGNORECASE)
YOUNG = re.compile(r"\b(?:mois|semaines?|jours?)$", re.IGNORECASE)
AGED = re.compile(r"(?<!\w)[âa]gée?s? $", re.IGNORECASE)
OF_AGE = re.compile(r"(?<!\w)(?:de|d['’]) ?$", re.IGNORECASE)
OWNED = re.compile(r"(?<!\w)(?P<whose>ses|mes|tes|les|leurs) $", re.IGNORECASE)
GROWN = 20


def number(said: str) -> int | None:
    """Return a number up to 129, in digits or in French words; `None` for anything else."""
    if said.strip().isdigit():
        return int(said)
    total = 0
    for word in re.split(r"[ -]", plain(said)):
        if word == "et" or (word in {"vingt", "vingts"} and total == UNITS["quatre"]):
            total = 4 * 20 if word != "et" else total
        elif word in UNITS or word in DECADES or word == "cent":
            total += UNITS.get(word) or DECADES.get(word) or 100
        else:
            return None
    return total or None


def age(part: Part) -> Instead | None:
    """Say an age by its decade."""
    if young := YOUNG.search(part.words):
        return Instead(f"quelques {young[0].lower().rstrip('s') if young[0].lower() != 'mois' else 'moi'}s")
    years = YEARS.match(part.words)
    found = number(years["number"]) if years else None
    if found is None:
        return None
    if owned := OWNED.search(part.before):
        own = {"ses": "son âge", "mes": "mon âge", "tes": "ton âge", "leurs": "leur âge"}
        return Instead(own.get(owned["whose"].lower(), "l'âge"), len(owned[0]))
    said = _years(found)
    of = OF_AGE.search(part.before)
    if of is None:
        return Instead(said)
    aged = AGED.search(part.before[: of.start()])
    back = len(part.before) - (aged.start() if aged and found >= GROWN else of.start())
    return Instead(f"d'{said}" if said[0] == "u" else f"de {said}", back)


def _years(found: int) -> str:
    """Return about how many years: « la soixantaine », « plus de quatre-vingts ans », « une dizaine d'années »."""
    if found < 3:  # noqa: PLR2004
        return "quelques mois" if found < 1 else "un ou deux ans"
    if found < 8:  # noqa: PLR2004
        return "quelques années"
    if found < GROWN:
        return "une dizaine d'années" if found < 13 else "une quinzaine d'années"  # noqa: PLR2004
    ten = min(found // 10, 9)
    return f"la {TENS[ten]}" if ten in TENS else f"plus de {ABOVE[ten]} ans"


SOMETIME = "il y a quelque temps"
LATER = re.compile(r"^ (?:prochaine?|qui vient|à venir)\b", re.IGNORECASE)
PAST = re.compile(r"^ (?:derni[eè]re?|pass[ée]e?)\b", re.IGNORECASE)
HALF = re.compile(r"^ (?P<when>matin|soir|midi|après-midi|aprem|nuit)\b", re.IGNORECASE)
HALVES = {"matin": "un matin", "soir": "un soir", "midi": "un midi", "nuit": "une nuit"}
DATED = re.compile(
    r"(?<!\w)(?:(?P<since>depuis(?: le| la)? )|(?P<until>jusqu['’]au |jusqu['’]en |jusqu['’]à )|(?P<of>du |de |d['’]|des )"
    r"|(?:né|née|nés|nées) (?P<born>le |en )|(?:le |ce |la |un |au |en |les |dès le |dès |vers le ))$",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b", re.IGNORECASE)


def date(part: Part) -> Instead:
    """Say a date as some time ago, a weekday as a day."""
    led = DATED.search(part.before)
    back = len(led[0]) if led and not led["born"] else len(led["born"]) if led else 0
    if found := LATER.match(part.after):
        return Instead("bientôt", back, len(found[0]))
    if found := PAST.match(part.after):
        return Instead(SOMETIME, back, len(found[0]))
    if led and led["born"]:
        return Instead("il y a longtemps", back)
    if led and led["since"]:
        return Instead("depuis quelque temps", back)
    if led and led["until"]:
        return Instead("jusqu'à récemment", back)
    half = HALF.match(part.after)
    said = HALVES.get(half["when"].lower(), "un après-midi") if half else "un jour" if WEEKDAY.match(part.words) else SOMETIME
    return Instead(f"d'{said}" if led and led["of"] else said, back, len(half[0]) if half else 0)


MOMENTS = {
    "ce matin": "un matin",
    "ce soir": "un soir",
    "ce midi": "un midi",
    "cette nuit": "une nuit",
    "cet aprem": "un après-midi",
    "cet apres-midi": "un après-midi",
}
CLOCK = re.compile(r"^(?P<hour>\d{1,2}) ?h", re.IGNORECASE)
AT_HOUR = re.compile(r"(?<!\w)(?:à|a|vers|dès|sur les) $", re.IGNORECASE)
NIGHT, DAWN = 22, 6


def moment(part: Part) -> Instead:
    """Say a moment as one like it."""
    found = CLOCK.match(part.words)
    if found is None:
        return Instead(MOMENTS.get(plain(part.words), "récemment"))
    at = AT_HOUR.search(part.before)
    dark = not DAWN < int(found["hour"]) < NIGHT
    return Instead("dans la nuit" if dark else "dans la journée", len(at[0]) if at else 0)


STREET = re.compile(
    r"\b(?:rue|avenue|av|bd|boulevard|impasse|all[ée]e|chemin|place|route|quai|cours|square|passage|faubourg)\b",
    re.IGNORECASE,
)


def place(part: Part) -> Instead:
    """Say a place as one of its sort."""
    if STREET.search(part.words):
        return noun("une rue")(part)
    if part.words.isdigit():
        return Instead("quelque part")
    if re.match(r"(?:l[ea]s? |l['’])", part.words):
        led = re.search(r"(?<!\w)(?:dans|à|sur|vers) $", part.before)
        return Instead("quelque part", len(led[0]) if led else 0)
    led = PREPOSED.search(part.before)
    region = bool(led and led["at"] and led["at"].strip() == "en")
    return noun("une région" if region else "une ville")(part)


HOUSES = (
    (r"\bchr?u\b|hospitalo", "un grand hôpital"),
    (r"\bch[rid]?\b|centre hospitalier", "un petit hôpital"),
    (r"hopital|hosto|ap-hp", "un hôpital"),
    (r"clinique", "une clinique"),
    (r"ehpad", "un Ehpad"),
    (r"maternite", "une maternité"),
    (r"residence", "une résidence"),
    (r"lycee", "un lycée"),
    (r"college", "un collège"),
    (r"ecole|creche", "une école"),
    (r"ifsi|institut", "un institut"),
    (r"\bgh[tu]\b", "un groupe d'hôpitaux"),
)
HOUSE_WORD = re.compile(r"(?<!\w)h[ôo]pital (?:de |du |d['’]|des |de la )?$", re.IGNORECASE)


def institution(part: Part) -> Instead:
    """Say an establishment by its sort, the word that tells it included."""
    word = HOUSE_WORD.search(part.before)
    whole = Part(part.before[: word.start()], word[0] + part.words, part.after) if word else part
    sort = next((said for form, said in HOUSES if re.search(form, plain(whole.words))), "un établissement")
    made = noun(sort)(whole)
    return made._replace(back=made.back + len(part.before) - len(whole.before))


def room(part: Part) -> Instead:
    """Say a room without its number."""
    said = plain(part.words)
    return noun("un lit" if "lit" in said else "un box" if "box" in said else "une chambre")(part)


FEMALE_KIN = re.compile(r"mere|fille|soeur|femme|epouse|tante|mamie|niece|cousine|veuve|maman|belle|marraine|compagne")
KIN_LEAD = re.compile(
    r"(?<!\w)(?:(?P<of>de (?:son|sa|leur|la|l['’])\s?|du |d['’]un |d['’]une |d['’])"
    r"|(?P<to>à (?:son|sa|leur|la|l['’])\s?|au )|(?:son |sa |leur |la |le |l['’]|un |une ))$",
    re.IGNORECASE,
)
MANY_KIN = re.compile(
    r"(?<!\w)(?:(?P<of>de ses |de leurs |des )|(?P<to>à ses |à leurs |aux )|(?:ses |leurs |les ))$", re.IGNORECASE
)
SIMPLE_KIN = re.compile(r"^(?:(?:son|sa|ses|leurs?|l[ea]s?|un|une) |l['’])?[\w-]+$", re.IGNORECASE)


def family(part: Part) -> Instead | None:
    """Say a relative as somebody near."""
    if not SIMPLE_KIN.match(part.words):
        return None
    if many := MANY_KIN.search(part.before):
        return Instead("de proches" if many["of"] else "à des proches" if many["to"] else "des proches", len(many[0]))
    said = "une proche" if FEMALE_KIN.search(plain(part.words)) else "un proche"
    led = KIN_LEAD.search(part.before)
    if led is None:
        return Instead(said)
    return Instead(f"d'{said}" if led["of"] else f"à {said}" if led["to"] else said, len(led[0]))


WHO = {
    "un": "un homme",
    "le": "l'homme",
    "du": "de l'homme",
    "au": "à l'homme",
    "ce": "cet homme",
    "cet": "cet homme",
    "une": "une femme",
    "la": "la femme",
    "cette": "cette femme",
}
JOB_LEAD = re.compile(rf"(?<!\w)(?P<led>{'|'.join(WHO)}) $", re.IGNORECASE)


def job(part: Part) -> Instead:
    """Say who has a trade as a man or a woman, where the article tells which."""
    led = JOB_LEAD.search(part.before)
    return Instead(WHO[led["led"].lower()], len(led[0])) if led else Instead("en activité")


ASIDE = re.compile(r"(?:, ?|\()$")
ASIDE_ENDS = re.compile(r"^(?=[,.;:!?)]|$)")


def aside(part: Part) -> Instead | None:
    """Leave out what stands between commas; of anything else there is no rule."""
    led = ASIDE.search(part.before)
    if led and "," in led[0] and ASIDE_ENDS.match(part.after):
        return Instead("", len(led[0]))
    return None


def somebody(part: Part) -> Instead:
    """Say initials as somebody."""
    led = re.search(r"(?<!\w)d['’]$", part.before)
    return Instead("de quelqu'un" if led else "quelqu'un", len(led[0]) if led else 0)


def without(said: str) -> Callable[[Part], Instead]:
    """Return the rule that takes a part out, and says so."""
    return lambda _: Instead(said)


ANOTHERS = {"email": "[adresse retirée]", "phone": "[numéro retiré]", "id_number": "[numéro retiré]"}
RULES: dict[str, Callable[[Part], Instead | None]] = {
    "age": age,
    "date": date,
    "time_now": moment,
    "place": place,
    "institution": institution,
    "ward": noun("un service"),
    "room": room,
    "family": family,
    "job": job,
    "rare_condition": noun("une maladie rare", "avec "),
    "nationality": aside,
    "religion": aside,
    "initials": somebody,
    **{kind: without(said) for kind, said in ANOTHERS.items()},
}
"""How each kind of part is said instead; names are the affair of `rewriting`, which looks at the whole text."""
