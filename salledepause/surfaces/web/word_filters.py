"""Words that one does not want to read: sets of them, where they apply, how what they catch is shown, until when."""

from __future__ import annotations

from typing import get_args

import msgspec

from salledepause.features.timelines import filters
from salledepause.features.timelines.filters import Action, Context, Filter, FilterDraft, KeywordDraft
from salledepause.kernel.errors import Missing, Refusal
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, guests, messages, wording
from salledepause.surfaces.web.rendering import page

HERE = "/reglages/filtres"
CONTEXT_LABELS: dict[Context, str] = {
    "home": "Mon accueil et mes listes",
    "public": "La salle et les mots",
    "notifications": "Mes notifications",
    "thread": "Les conversations",
    "account": "Les profils",
}
ACTION_LABELS: dict[Action, str] = {
    "warn": "Replier, avec un mot qui dit pourquoi",
    "blur": "Voiler les images seulement",
    "hide": "Faire disparaître",
}
LIVES = {
    -1: "Garder la fin prévue",
    0: "Jusqu'à ce que je change d'avis",
    1800: "Une demi-heure",
    86400: "Un jour",
    7 * 86400: "Une semaine",
    30 * 86400: "Un mois",
}
"""How long a filter lasts, in seconds."""
MOST_LINES = 100
PROBLEMS = {
    "nameless": "Donnez un nom à ce filtre.",
    "wordless": "Écrivez au moins un mot, un par ligne.",
    "many": "C'est beaucoup de mots : faites plusieurs filtres.",
    "nowhere": "Dites où ce filtre s'applique.",
}


class Filled(msgspec.Struct):
    """The form of a filter; `words` holds one word or group of words a line."""

    title: str = ""
    words: str = ""
    whole_word: bool = False
    contexts: tuple[Context, ...] = ()
    filter_action: Action = "warn"
    lasts: int = 0


async def show_all(call: Call) -> Answer:
    """GET /reglages/filtres."""
    known = await filters.all_filters(call.tx, call.me)
    return page(call, "filters.html", known=known, contexts=CONTEXT_LABELS, actions=ACTION_LABELS)


class Begun(msgspec.Struct):
    """What a new filter is begun with, by a link."""

    title: str = ""
    words: str = ""


async def blank(call: Call) -> Answer:
    """GET /reglages/filtres/nouveau."""
    begun = call.read(Begun)
    return _form(call, Filled(begun.title, begun.words, whole_word=True, contexts=get_args(Context)), None)


async def show(call: Call) -> Answer:
    """GET /reglages/filtres/{id}."""
    one = await filters.one(call.tx, call.me, call.id())
    words = "\n".join(each.keyword for each in one.keywords)
    whole = all(each.whole_word for each in one.keywords)
    chosen = Filled(one.title, words, whole, one.contexts, one.action, -1 if one.expires_at else 0)  # type: ignore[arg-type]
    return _form(call, chosen, one)


async def create(call: Call) -> Answer:
    """POST /reglages/filtres/nouveau."""
    return await _save(call, None)


async def change(call: Call) -> Answer:
    """POST /reglages/filtres/{id}."""
    return await _save(call, await filters.one(call.tx, call.me, call.id()))


async def _save(call: Call, one: Filter | None) -> Answer:
    filled = call.read(Filled)
    wanted = list(dict.fromkeys(line.strip() for line in filled.words.splitlines() if line.strip()))
    problems = _problems(call, filled, wanted, one)
    if problems:
        return _form(call, filled, one, problems)
    draft = FilterDraft(
        title=filled.title,
        contexts=filled.contexts,
        action=filled.filter_action,
        lasts=None if filled.lasts < 0 else filled.lasts,
        keywords=_keywords(wanted, one, whole=filled.whole_word),
    )
    try:
        async with call.tx.attempt():
            await (filters.change(call.tx, call.me, one.id, draft) if one else filters.create(call.tx, call.me, draft))
    except Missing:
        raise
    except Refusal as refusal:
        return _form(call, filled, one, {"mots": wording.told(refusal, call.language)})
    return answers.back(call, HERE, messages.notice("Le filtre « {title} » est enregistré.", call, title=filled.title[:80]))


def _problems(call: Call, filled: Filled, wanted: list[str], one: Filter | None) -> dict[str, str]:
    found = {
        "titre": "nameless" if not filled.title.strip() else "",
        "mots": "many" if len(wanted) > MOST_LINES else "wordless" if not wanted and not (one and one.posts) else "",
        "lieux": "nowhere" if not filled.contexts else "",
    }
    return {field: wording.said(text, call.language) for field, wrong in found.items() if (text := PROBLEMS.get(wrong))}


def _keywords(wanted: list[str], one: Filter | None, *, whole: bool) -> tuple[KeywordDraft, ...]:
    """Return what to write, change and drop so that a filter holds these words; those dropped go first."""
    before = {each.keyword: each for each in one.keywords} if one else {}
    gone = [KeywordDraft(id=each.id, gone=True) for word, each in before.items() if word not in wanted]
    kept = [KeywordDraft(whole_word=whole, id=each.id) for word, each in before.items() if word in wanted]
    new = [KeywordDraft(word, whole) for word in wanted if word not in before]
    return (*gone, *kept, *new)


def _form(call: Call, filled: Filled, one: Filter | None, problems: dict[str, str] | None = None) -> Answer:
    lives = {seconds: label for seconds, label in LIVES.items() if seconds >= 0 or (one and one.expires_at)}
    return page(
        call,
        "filter.html",
        filled=filled,
        one=one,
        problems=problems or {},
        contexts=CONTEXT_LABELS,
        actions=ACTION_LABELS,
        lives=lives,
    )


async def ask_to_erase(call: Call) -> Answer:
    """GET /reglages/filtres/{id}/effacer: the last question."""
    one = await filters.one(call.tx, call.me, call.id())
    question = asking.Question(
        wording.said("Effacer le filtre « {title} » ?", call.language).format(title=one.title),
        wording.said("Ce qu'il repliait ou cachait se lira à nouveau.", call.language),
        wording.said("Effacer ce filtre", call.language),
    )
    return asking.ask(call, question, HERE)


async def erase(call: Call) -> Answer:
    """POST /reglages/filtres/{id}/effacer."""
    await filters.erase(call.tx, call.me, call.id())
    return answers.back(call, HERE, messages.notice("Le filtre est effacé.", call))


ROUTES = [
    route("GET", HERE, show_all, user("")),
    route("GET", f"{HERE}/nouveau", blank, user("")),
    route("POST", f"{HERE}/nouveau", guests.guarded(create), user("")),
    route("GET", f"{HERE}/{{id}}", show, user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(change), user("")),
    route("GET", f"{HERE}/{{id}}/effacer", ask_to_erase, user("")),
    route("POST", f"{HERE}/{{id}}/effacer", guests.guarded(erase), user("")),
]
