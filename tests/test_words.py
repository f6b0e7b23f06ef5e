"""French first, English complete: every sentence told has its translation, none is left over, and French is well printed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from salledepause.features import supports
from salledepause.features.accounts import LABELS
from salledepause.features.language import GROUNDS, TARGETED
from salledepause.features.language.guards import SAID
from salledepause.features.moderation.appeals import AFTER
from salledepause.features.notebook import COLUMNS
from salledepause.features.noticeboard import STATE_LABELS
from salledepause.features.posts import KIND_LABELS
from salledepause.features.safety_net.model import DEFAULTS
from salledepause.features.shield import TARGETS, TIES
from salledepause.features.verification import METHOD_LABELS
from salledepause.kernel import words
from salledepause.surfaces import house, learned
from salledepause.surfaces.mastodon import instance
from salledepause.surfaces.web import (
    alerts,
    appearance,
    barometer,
    belongings,
    decided,
    desks,
    distance,
    doors,
    lists,
    navigation,
    noticeboard,
    notifications,
    people,
    rendering,
    rescued,
    rights,
    rooms,
    search,
    shield,
    waves,
    word_filters,
    wording,
    writing,
)
from salledepause.surfaces.web.keeping import appeals, entries, texts
from salledepause.surfaces.web.keeping import words as keeping
from tests.support.msgids import PACKAGE, Package, Said, of_templates

HOUSE_TEXTS = [text for section in (*house.ABOUT, *house.PRIVACY) for text in (section[0], *section[1])]
RULE_TEXTS = [text for rule in house.RULES for text in rule]
RIGHTS = [rights.READING, rights.WRITING, *rights.READS.values(), *rights.WRITES.values()]
RIGHTS += [text for right in rights.WIDE.values() for text in (right.title, right.detail)]
HELP_NAMES = [one.name for one in DEFAULTS]
WAYS = [*keeping.MEASURES.values(), *keeping.SETTLE.values()]
WORDS_OF_FILTERS = [*word_filters.CONTEXT_LABELS.values(), *word_filters.ACTION_LABELS.values()]
ANYWHERE: dict[str, Iterable[str]] = {
    "acts[]": keeping.ACTS.values(),
    "audience_hints[]": rendering.AUDIENCE_HINTS.values(),
    "categories[]": keeping.CATEGORIES.values(),
    "families[]": LABELS.values(),
    "forming[]": rooms.FORMING.values(),
    "hints[]": appearance.HINTS.values(),
    "kind_labels[]": KIND_LABELS.values(),
    "labelled[]": rooms.LABELLED.values(),
    "lifted[]": keeping.LIFTED.values(),
    "quote_gone[]": rendering.QUOTE_GONE.values(),
    "said_by[]": noticeboard.SAID_BY.values(),
    "states[]": STATE_LABELS.values(),
    "signs[]": barometer.SIGNS.values(),
    "tensions[]": barometer.TENSIONS.values(),
    "to_say[]": noticeboard.TO_SAY.values(),
    "roles[]": keeping.ROLES.values(),
    "support_words[]": supports.LABELS.values(),
}
"""What tables say that any template may look into, under one name everywhere."""
TABLES: dict[str, Iterable[str]] = {
    "appearance.html: label": appearance.NAMES.values(),
    "alerts.html: label": [*alerts.STRANGERS.values(), *alerts.WAKES.values(), *alerts.WHOSE.values()],
    "alerts.html: told": alerts.CHOICES.values(),
    "belongings.html: label": belongings.TABLES.values(),
    "between.html: label": people.LANGUAGES.values(),
    "card.html: audience_marks[]": rendering.AUDIENCE_MARKS.values(),
    "charter.html: paragraph": HOUSE_TEXTS,
    "charter.html: rule.hint": RULE_TEXTS,
    "charter.html: rule.text": RULE_TEXTS,
    "charter.html: title": HOUSE_TEXTS,
    "doors.html: label": doors.STAGES.values(),
    "door.html: readers[]": doors.READERS.values(),
    "door_new.html: label": doors.READERS.values(),
    "wave.html: clapping[]": waves.CLAPPING.values(),
    "wave.html: sign_labels[]": waves.SIGN_LABELS.values(),
    "wave_sign.html: sign_labels[]": waves.SIGN_LABELS.values(),
    "surfaces.web.desks: words": [*desks.LEAVE, *desks.CLOSE],
    "surfaces.web.shield: told": [one.told for one in shield.DECISIONS.values()],
    "shield_items.html: kinds[]": [*shield.KIND_LABELS.values(), *shield.OTHERS_LABELS.values()],
    "shield_items.html: targets[]": TARGETS.values(),
    "shield_items.html: ties[]": [*TIES.values(), *shield.OTHERS_TIES.values()],
    "shield_one.html: kinds[]": [*shield.KIND_LABELS.values(), *shield.OTHERS_LABELS.values()],
    "shield_one.html: targets[]": TARGETS.values(),
    "shield_one.html: ties[]": [*TIES.values(), *shield.OTHERS_TIES.values()],
    "consent.html: right.detail": RIGHTS,
    "consent.html: right.title": RIGHTS,
    "errand.html: label": belongings.OUTCOMES.values(),
    "errand.html: tables[]": belongings.TABLES.values(),
    "errands.html: label": belongings.OUTCOMES.values(),
    "errands.html: tables[]": belongings.TABLES.values(),
    "distance.html: label": distance.DURATIONS.values(),
    "distance.html: one": [word for _, told in distance.QUESTIONS for word in told],
    "distance.html: question": [question for question, _ in distance.QUESTIONS],
    "distances.html: label": distance.PARTS.values(),
    "distances.html: parts_of_page[]": distance.PARTS.values(),
    "filter.html: label": [*WORDS_OF_FILTERS, *word_filters.LIVES.values()],
    "filters.html: actions[]": WORDS_OF_FILTERS,
    "filters.html: contexts[]": WORDS_OF_FILTERS,
    "retained.html: grounds[]": GROUNDS.values(),
    "retained_one.html: grounds[]": GROUNDS.values(),
    "keeping/holds.html: grounds[]": GROUNDS.values(),
    "keeping/holds.html: targeted[]": TARGETED.values(),
    "guard_part.html: guard.waits": GROUNDS.values(),
    "surfaces.mastodon.secrecy: one.what": SAID.values(),
    "guard_part.html: hint.what": SAID.values(),
    "guard_part.html: piece.what": SAID.values(),
    "form.html: label": rendering.AUDIENCE_LABELS.values(),
    "form_more.html: label": writing.LASTS.values(),
    "in_room.html: entered[]": rooms.ENTERED.values(),
    "room_here.html: present[]": rooms.PRESENT.values(),
    "room_keep.html: label": LABELS.values(),
    "support.html: label": supports.LABELS.values(),
    "room_new.html: label": rooms.SORTS.values(),
    "verification.html: methods[]": METHOD_LABELS.values(),
    "rescued.html: one.label": rescued.LABELS,
    "held.html: rule.hint": RULE_TEXTS,
    "held.html: rule.text": RULE_TEXTS,
    "help.html: one.name": HELP_NAMES,
    "help.html: one.note": [one.note for one in DEFAULTS],
    "help_card.html: name": HELP_NAMES,
    "keeping/accounts.html: label": [*keeping.STANDINGS.values(), *keeping.ROLES.values()],
    "keeping/verifications.html: label": LABELS.values(),
    "keeping/entries.html: label": entries.DAYS.values(),
    "keeping/help.html: one.name": HELP_NAMES,
    "keeping/help_line.html: one.name": HELP_NAMES,
    "keeping/images.html: rules[].text": RULE_TEXTS,
    "keeping/refused_images.html: rule.text": RULE_TEXTS,
    "keeping/people.html: way.means": [way.means for way in WAYS],
    "keeping/people.html: way.name": [way.name for way in WAYS],
    "keeping/report.html: label": keeping.CATEGORIES.values(),
    "keeping/report.html: rule.text": RULE_TEXTS,
    "keeping/server.html: way.means": [way.means for way in keeping.SEVERITIES.values()],
    "keeping/server.html: way.name": [way.name for way in keeping.SEVERITIES.values()],
    "keeping/servers.html: severities[].name": [way.name for way in keeping.SEVERITIES.values()],
    "keeping/texts.html: registrations[]": texts.REGISTRATIONS.values(),
    "keeping/texts.html: rule.hint": RULE_TEXTS,
    "keeping/texts.html: rule.text": RULE_TEXTS,
    "kinds.html: kind_plurals[]": rendering.PLURALS.values(),
    "list_form.html: label": lists.REPLIES.values(),
    "manners.html: label": [*LABELS.values(), *rendering.AUDIENCE_LABELS.values()],
    "more.html: group.label": navigation.LABELS.values(),
    "note.html: no_longer": [learned.NO_LONGER],
    "notebook.html: no_longer": [learned.NO_LONGER],
    **dict.fromkeys((f"{page}.html: measures[]" for page in ("decisions", "decision", "shut_out")), decided.LABELS.values()),
    "decision.html: by": decided.BY.values(),
    "decision.html: after[]": AFTER.values(),
    "keeping/appeals.html: lifting_means[]": appeals.MEANS.values(),
    "keeping/appeals.html: titles[]": appeals.TITLES.values(),
    "notification.html: measures[]": notifications.MEASURE_LABELS.values(),
    "notifications.html: label": notifications.PART_LABELS.values(),
    "places.html: group.label": navigation.LABELS.values(),
    "report.html: rule.text": RULE_TEXTS,
    "report_confirm.html: text": RULE_TEXTS,
    "search.html: one.finds": [one.finds for one in search.EXAMPLES],
    "settings.html: label": rendering.QUOTE_CHOICES.values(),
    "settings.html: quote_policies[]": rendering.QUOTE_POLICIES.values(),
    "signup_who.html: label": LABELS.values(),
    "surfaces.house: one": HOUSE_TEXTS,
    "surfaces.learned: one": COLUMNS,
    "surfaces.house: title": HOUSE_TEXTS,
    "surfaces.web.word_filters: text": word_filters.PROBLEMS.values(),
    "surfaces.mastodon.instance: CLOSED.get(settings.registration)": instance.CLOSED.values(),
    "surfaces.mastodon.instance: rule.hint": RULE_TEXTS,
    "surfaces.mastodon.instance: rule.text": RULE_TEXTS,
    "welcome.html: label": LABELS.values(),
}
"""What the expressions that cannot be followed may say, by the place that says them."""
PASSED_ON = {
    "place.html: one.label",
    "features.accounts.oauth: NO_SCOPE.description",
    "features.accounts.pictures: refusal.message",
    "features.emojis.actions: refusal.message",
    "features.accounts.profile: refusal.message",
    "features.posts.holding: refusal.message",
    "features.posts.media: refusal.message",
    "kernel.words: refusal.message",
    "surfaces.mastodon.oauth: denied.description",
    "surfaces.web.belongings: one.message",
    "surfaces.web.keeping.door: sentence",
    "surfaces.web.messages: sentence",
    "surfaces.web.waves: refusal.message",
    "surfaces.web.wording: many",
    "surfaces.web.wording: one",
}
"""Expressions that hand on a sentence that is counted where it is first told."""
FIXED = {
    "Cette action demande le droit « {scope} », que ce jeton n'a pas.": "This action is outside the authorized scopes",
    "Cette action ne vous est pas ouverte.": "This action is not allowed",
    "Ce jeton n'est lié à aucun compte : connectez une personne.": "This method requires an authenticated user",
    "Connectez-vous : ce jeton ou cette session n'est pas valable.": "The access token is invalid",
    "Jeton d'accès refusé : il est inconnu, expiré ou révoqué.": "The access token is invalid",
    "Introuvable : cet élément n'existe pas ou ne vous est pas ouvert.": "Record not found",
    "Votre inscription attend l'accord des hôtes.": "Your login is currently pending approval",
    "Ce compte est suspendu.": "Your login is currently disabled",
    "Trop de demandes. Réessayez dans {seconds} secondes.": "Too many requests",
    "Écrivez quelque chose, ou joignez une image ou un sondage.": "Validation failed: Text can't be blank",
    "Date illisible : attendu par exemple 2026-12-31T08:00:00Z.": "Record invalid",
    "Un message se programme au moins cinq minutes à l'avance.": (
        "Validation failed: Scheduled at The scheduled date must be in the future"
    ),
    "Au plus {most} messages épinglés : détachez-en un d'abord.": (
        "Validation failed: You have already pinned the maximum number of posts"
    ),
    "Un message direct ne s'épingle pas.": ("Validation failed: Posts that are only visible to mentioned users cannot be pinned"),
    "Vous avez déjà voté à ce sondage.": "You have already voted on this poll",
    "Cette réponse n'est pas dans le sondage.": "The chosen vote option does not exist",
    "Ce sondage est déjà terminé.": "The poll has already ended",
    "Donnez le nom de domaine d'un serveur.": "Validation failed: Domain is not a valid domain name",
    "Réagissez par un seul émoji.": "Validation failed: Name is not a recognized emoji",
    "Donnez un titre à la liste.": "Validation failed: Title can't be blank",
    "Dites où ce filtre s'applique.": "Validation failed: Context can't be blank, Context None or invalid context supplied",
    "Votre position vient d'être enregistrée par une autre application : réessayez.": "Conflict during update, please try again",
    "Flux inconnu.": "Unknown stream type",
    "Application refusée : l'adresse de retour doit être une adresse absolue et sûre.": (
        "Validation failed: Redirect URI must be an absolute URI."
    ),
}
"""Texts that apps may compare: those of Mastodon's documentation (methods pages). They may say less than ours."""
SAME = {
    "Courage",
    "Version %(n)s",
    "%(n)s notification",
    "%(n)s notifications",
    "Note",
    "Sources",
    "page {n}",
    "Conversation",
    "Conversations",
    "Description",
    "Distance",
    "Local",
    "5 minutes",
    "Notifications",
    "Humour",
    "Pages",
    "humour",
    "opinion",
    "opinions",
    "question",
    "questions",
    "source",
    "sources",
}
"""Words that are the same in both languages."""
PLACES = re.compile(r"\{(\w*)\}|%\((\w+)\)s")
SPACES = " \u00a0\u202f"


@cache
def told() -> tuple[Said, ...]:
    return (*Package().said(), *of_templates())


def place(one: Said) -> str:
    return f"{one.where.partition(':')[0]}: {one.text}"


@cache
def wanted() -> dict[str, str]:
    """Return every sentence to translate, with a place that tells it; the two forms of a plural are sentences of their own."""
    found: dict[str, str] = {}
    for one in told():
        texts = (
            ((one.text, one.plural) if one.plural else (one.text,))
            if one.followed
            else TABLES.get(place(one), ANYWHERE.get(one.text, ()))
        )
        for text in texts:
            found.setdefault(text, one.where)
    return found


@cache
def english() -> dict[str, str]:
    """Return the entries of the English catalogue, whichever part they stand in."""
    entries = [one for part in words.parts("en") for one in part if one.id]
    assert not [one.id for one in entries if one.fuzzy or one.pluralizable]
    assert len(entries) == len({one.id for one in entries}), "a sentence stands in two parts"
    return {str(one.id): str(one.string) for one in entries}


def test_the_reading_of_sentences_finds_them() -> None:
    assert len(wanted()) > 350
    assert {"Flux inconnu.", "Connectez-vous : ce jeton ou cette session n'est pas valable."} <= wanted().keys()


def test_every_sentence_told_can_be_followed() -> None:
    lost = {place(one) for one in told() if not one.followed and one.text not in ANYWHERE}
    unknown = sorted(lost - TABLES.keys() - PASSED_ON)
    assert not unknown, "neither a literal nor in TABLES: what may these say?"
    stale = sorted((TABLES.keys() | PASSED_ON) - lost)
    assert not stale


def test_every_sentence_has_an_english_translation() -> None:
    missing = [f"{where}: {key}" for key, where in wanted().items() if not english().get(key)]
    assert not missing


def test_no_translation_is_left_over() -> None:
    left_over = sorted(english().keys() - wanted().keys())
    assert not left_over


def placeholders(text: str) -> set[str]:
    return {one or other for one, other in PLACES.findall(text)}


def test_translations_keep_the_placeholders() -> None:
    pairs = [(placeholders(key), placeholders(text), key) for key, text in english().items()]
    assert not [key for needs, has, key in pairs if not (has <= needs if key in FIXED else has == needs)]


def test_plurals_name_their_number_and_follow_each_grammar() -> None:
    pairs = {(one.text, one.plural) for one in told() if one.followed and one.plural}
    assert len(pairs) > 5
    assert not [many for _, many in pairs if "n" not in placeholders(many)]
    for one, many in pairs:
        for language, singular in (("fr", {0, 1}), ("en", {1})):
            told_so = [wording.counted(one, many, number, language) for number in range(4)]
            assert told_so == [wording.said(one if number in singular else many, language) for number in range(4)]


def test_texts_that_apps_compare_are_the_documented_ones() -> None:
    assert {key: english().get(key) for key in FIXED} == FIXED


def test_a_translation_is_english() -> None:
    untold = sorted({text for key, text in english().items() if text == key} - SAME)
    assert not untold
    assert not [text for text in english().values() if re.search(r"[àâçèêëîïôùûœ«»]| [;:!?]", text)]


FLAWS = (
    (rf"(?<![{SPACES}])[;!?»](?!\w)", "no space before ; ! ? »"),
    (rf"(?<![{SPACES}\d/]):(?![/\w])", "no space before :"),
    (rf"«(?![{SPACES}])", "no space after «"),
    (rf"(?<![{SPACES}])(?:%%|€)", "no space before a sign"),
    (r"’", "the apostrophe is typed straight and printed curly"),
    (r"[\"“”]", "guillemets are « »"),
    (r"\.\.\.", "three dots for …"),
    (r"  ", "two spaces"),
    (rf"[{SPACES}][.,)]|\([{SPACES}]", "space before . , or )"),
    (r"\b[lLdDnNsScCjJmMtT] '|' ", "space around an apostrophe"),
)


def flaws(text: str) -> list[str]:
    """Return what is wrong with the typography of a French sentence as it is typed."""
    bare = re.sub(r"<[^>]+>|\{\w*\}|%\(\w+\)s", "x", text)
    return [f"{name}: {text}" for pattern, name in FLAWS if re.search(pattern, bare)]


@pytest.mark.parametrize("wrong", ["Quoi?", "Ainsi: oui", "«oui »", "« oui»", "l’heure", "attendez...", 'Dites "oui"'])
def test_flaws_are_seen(wrong: str) -> None:
    assert flaws(wrong)


def test_french_sentences_are_well_typed() -> None:
    assert not [flaw for text in wanted() for flaw in flaws(text)]


def test_the_command_line_is_well_typed() -> None:
    found = list(_of_command_line())
    assert len(found) > 40
    assert not [flaw for text in found for flaw in flaws(text)]


def _of_command_line() -> Iterator[str]:
    """Yield what the command line prints and its help; other docstrings are ours, in English."""
    for path in (PACKAGE / "__main__.py", *sorted((PACKAGE / "commands").glob("[a-z]*.py"))):
        tree = ast.parse(path.read_text("utf-8"))
        silent = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any(".command" in ast.unparse(one) for one in node.decorator_list):
                yield ast.get_docstring(node) or ""
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
                yield node.value.strip() if re.search(r"[^\W\d_]", node.value) else ""
