"""Records into pages: one Jinja environment a language, everything escaped, nothing fetched while a page is written."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from salledepause.features import rooms, supports
from salledepause.features.accounts import LABELS, Account
from salledepause.features.noticeboard import STATE_LABELS, State
from salledepause.features.posts import (
    KIND_LABELS,
    MOST_CHARACTERS,
    OFFERED,
    SHOWN,
    TO_A_DOUBT,
    Audience,
    Kind,
    Post,
    QuotePolicy,
    QuoteState,
)
from salledepause.kernel import clock, text
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import BadInput
from salledepause.kernel.text import MentionLink
from salledepause.kernel.words import LANGUAGES, catalogue
from salledepause.surfaces.edge import HTML, OK, Answer, Call, Header
from salledepause.surfaces.web import addresses, assets, glossing, messages, safety, shell, slots, wording
from salledepause.surfaces.web.compiled import Compiled
from salledepause.surfaces.web.drawing import Drawer

INDENTATION = re.compile(r"\n[ \t]+")
NAMES = re.compile(r"(?:@[\w.@:-]+[ \n]+)+")
"""The names that a text begins with."""
FEW = 3
"""Names that stand where they were typed; more of them are folded, for what is said to show."""
TEMPLATES = Path(__file__).parent / "templates"

AUDIENCE_LABELS = {
    Audience.PUBLIC: "Tout le monde",
    Audience.UNLISTED: "Tout le monde, sans passer par la salle",
    Audience.FOLLOWERS: "Mes abonné·es",
    Audience.DIRECT: "Seulement les personnes nommées",
}
AUDIENCE_MARKS = {
    Audience.UNLISTED: "hors de la salle",
    Audience.FOLLOWERS: "pour les abonné·es",
    Audience.DIRECT: "entre nous",
}
AUDIENCE_HINTS = {
    Audience.PUBLIC: "Se lit dans la salle, sur votre profil, et sans compte.",
    Audience.UNLISTED: "Se lit sur votre profil et chez qui vous suit, mais ne passe pas dans la salle.",
    Audience.FOLLOWERS: "Ne se lit que par les personnes qui vous suivent.",
    Audience.DIRECT: "Ne se lit que par vous et par les personnes que vous nommez (@pseudonyme).",
}
"""Who will read, in a plain sentence."""
QUOTE_POLICIES = {
    QuotePolicy.NOBODY: "Personne ne peut vous citer.",
    QuotePolicy.FOLLOWERS: "Vos abonné·es peuvent vous citer.",
    QuotePolicy.PUBLIC: "Tout le monde peut vous citer.",
}
QUOTE_CHOICES = {
    QuotePolicy.NOBODY: "Personne",
    QuotePolicy.FOLLOWERS: "Mes abonné·es",
    QuotePolicy.PUBLIC: "Tout le monde",
}
"""What one chooses instead, on buttons."""
QUOTE_GONE = {
    QuoteState.REVOKED: "La personne citée a retiré cette citation.",
    QuoteState.DELETED: "Le message cité a été effacé.",
    QuoteState.UNAUTHORIZED: "Le message cité ne vous est pas ouvert.",
    QuoteState.BLOCKED: "Le message cité vient de quelqu'un que vous bloquez.",
    QuoteState.MUTED: "Le message cité vient de quelqu'un que vous avez rendu muet.",
}
"""What stands in the place of a quoted post that does not show."""
PLURALS = {
    Kind.OPINION: "opinions",
    Kind.DOUBT: "doutes",
    Kind.STORY: "histoires",
    Kind.VICTORY: "victoires",
    Kind.THANKS: "mercis",
    Kind.QUESTION: "questions",
    Kind.IDEA: "idées",
    Kind.RANT: "coups de gueule",
    Kind.INFO: "infos",
    Kind.EXPERIENCE: "expériences",
    Kind.SOURCE: "sources",
}
"""Names of the kinds as filters."""


STATE_ICONS = {State.RUMOUR: "megaphone", State.CHECKING: "search", State.CONFIRMED: "check", State.DENIED: "close"}
KIND_ICONS = {kind: f"kind-{kind.value}" for kind in Kind}
"""A drawing for each kind: colour alone says nothing."""


class Folded(NamedTuple):
    """A text in two parts: what shows, what unfolds (empty when it is short), whether the fold is inside a paragraph."""

    head: Markup
    tail: Markup
    inside: bool
    named: tuple[str, ...] = ()
    """The handles it begins with, when they are many."""
    names: Markup = Markup()
    """The same as links."""


def page(call: Call, template: str, *, status: int | None = None, headers: tuple[Header, ...] = (), **values: Any) -> Answer:
    """Return a page; `headers` are added to the safe ones, or replace those of the same name.

    One with `problems` is a form that was refused, 422 unless another `status` is given.
    What an earlier page wanted told is told here, once. A page that tells something, gives a cookie, or holds a word or a key of
    its own instead of their slots is for this view alone.
    """
    told, taken = messages.waiting(call)
    own = "csrf" in values or getattr(values.get("form"), "key", "") not in {"", slots.KEY}
    written = slots.Written(render(call, template, **{"messages": told} | values), call.language)
    status = status or (BadInput.status if values.get("problems") else OK)
    once = status != OK or own or bool(headers or taken)
    return Answer(status=status, headers=safety.dressed((HTML, *headers, *taken)), written=written, once=once)


def fragment(call: Call, template: str, **values: Any) -> Answer:
    """Return the part of a page that a script asked for; `told` is what is announced of it."""
    written = slots.Written(render(call, template, **values), call.language)
    return Answer(headers=safety.dressed((HTML,)), written=written, once=True)


def render(call: Call, template: str, **values: Any) -> str:
    """Return a template filled for whoever calls."""
    settings = call.site.settings
    common = {**shell.around(call), **_of_the_house(settings), "settings": settings, "here": here(call)}
    return environment(call.language).get_template(template).render(common | values)


def _of_the_house(settings: Settings) -> dict[str, str]:
    language = settings.languages[0] if settings.languages else "fr"
    told = {"house": settings.title, "description": settings.description, "contact": settings.contact}
    return {name: wording.of_the_house(text, language) for name, text in told.items()}


def here(call: Call) -> str:
    """Return the path and query that were asked, to come back to."""
    query = call.scope["query_string"].decode("ascii", "replace")
    path = addresses.own(str(call.scope["path"]))
    return f"{path}?{query}" if query and call.scope["method"] in {"GET", "HEAD"} else path


class Lean(Extension):
    """Leaves out the indentation of templates: nothing they hold keeps its spaces, and it is a tenth of a page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return a template with its lines at the margin."""
        del name, filename
        return INDENTATION.sub("\n", source)


@cache
def _compiled() -> Compiled:
    return Compiled(Path(__file__).read_text("utf-8"))


@cache
def environment(language: str) -> Environment:
    """Return the templates in a language, all of them read."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", Lean],
        auto_reload=False,
        bytecode_cache=_compiled(),
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        partial(wording.said, language=language), partial(wording.counted, language=language), newstyle=True
    )
    made.globals |= _names(language) | {"drawn": _drawer(language).card}
    made.filters |= _filters(language)
    catalogue(language)
    for name in made.list_templates():
        made.get_template(name)
    return made


@cache
def _drawer(language: str) -> Drawer:
    del language
    return Drawer()


def forget() -> None:
    """Keep no drawn card, in any language."""
    for language in LANGUAGES:
        _drawer(language).forget()


def _names(language: str) -> dict[str, Any]:
    return {
        "url": addresses,
        "asset": assets.address,
        "icon": icon,
        "kind_icons": KIND_ICONS,
        "Kind": Kind,
        "offered": OFFERED,
        "to_a_doubt": TO_A_DOUBT,
        "kind_labels": KIND_LABELS,
        "kind_plurals": PLURALS,
        "states": STATE_LABELS,
        "state_icons": STATE_ICONS,
        "families": LABELS,
        "audiences": AUDIENCE_LABELS,
        "audience_hints": AUDIENCE_HINTS,
        "audience_marks": AUDIENCE_MARKS,
        "quote_gone": QUOTE_GONE,
        "quote_choices": QUOTE_CHOICES,
        "quote_policies": QUOTE_POLICIES,
        "lives": rooms.LIVES,
        "support_words": supports.LABELS,
        "shown": SHOWN,
        "most": MOST_CHARACTERS,
        "hour": partial(wording.hour, language),
    }


def _filters(language: str) -> dict[str, Any]:
    return {
        "ago": slots.ago,
        "left": slots.left,
        "in_full": partial(wording.in_full, language=language),
        "day": partial(wording.day, language=language),
        "day_in_full": partial(wording.day_in_full, language=language),
        "size": partial(wording.size, language=language),
        "month": partial(wording.month, language=language),
        "month_name": partial(wording.month_name, language=language),
        "clock": partial(wording.hour, language),
        "number": partial(wording.number, language=language),
        "iso": clock.iso,
        "prose": prose,
        "folded": folded,
        "spoken": spoken,
        "as_folded": as_folded,
        "glossed": glossing.gloss,
        "plain": plain,
        "unbroken": wording.unbroken,
        "typeset": partial(wording.of_the_house, language="fr"),
        "known_as": known_as,
        "short": short,
    }


@cache
def icon(name: str) -> Markup:
    """Return a drawing of `static/icons` as a page shows it, beside words that say the same."""
    return Markup('<svg aria-hidden="true"><use href="{}#{}"/></svg>').format(assets.address(assets.SPRITE), name)


def short(typed: str, most: int) -> str:
    """Return a text of at most `most` characters, or as much of it as that holds, cut between words."""
    return typed if len(typed) <= most else typed[:most].rsplit(None, 1)[0] + "…"


def known_as(account: Account) -> str:
    """Return the name to show of somebody: the one they chose, else their handle."""
    return account.name or account.handle


def prose(post: Post) -> Markup:
    """Return all that a post says as safe HTML."""
    return _html(post, post.text)


def spoken(typed: str) -> str:
    """Return what a text says after the names it begins with; all of it when it says nothing else."""
    found = NAMES.match(typed)
    return (typed[found.end() :] if found else "") or typed


def folded(post: Post, link_weight: int, *, whole: bool = False) -> Folded:
    """Return what a post says in two parts, the first of at most 280 characters as people count them: all of it when `whole`."""
    said = spoken(post.text)
    names = post.text[: len(post.text) - len(said)]
    named = tuple(one[1:] for one in names.split())
    if len(named) <= FEW:
        said, names, named = post.text, "", ()
    place = len(said) if whole else text.fold(said, SHOWN, link_weight)
    head, tail = said[:place], said[place:]
    inside = bool(tail) and not head.rstrip(" ").endswith("\n")
    return Folded(_html(post, head), _html(post, tail), inside, named, _html(post, names))


def as_folded(typed: str, link_weight: int) -> Folded:
    """Return what a text that is still being written will look like in two parts; nobody is named by a link yet."""
    typed = text.clean(typed)
    place = text.fold(typed, SHOWN, link_weight)
    head, tail = typed[:place], typed[place:]
    return Folded(plain(head), plain(tail), bool(tail) and not head.rstrip(" ").endswith("\n"))


def plain(typed: str) -> Markup:
    """Return a short text of a profile as safe HTML: its links and tags are links."""
    return Markup(text.to_html(wording.unbroken(typed), {}, addresses.tag))  # noqa: S704 - `to_html` escapes all it does not make


def _html(post: Post, part: str) -> Markup:
    links = {one.handle.lower(): MentionLink(one.handle, addresses.profile(one.handle)) for one in post.mentions}
    shown = wording.unbroken(part) if post.language in {"fr", None} else part
    return Markup(text.to_html(shown, links, addresses.tag))  # noqa: S704 - `to_html` escapes all it does not make
