"""What identifies is said otherwise in good French: elision, gender, small words; what is told to be changed alarms nobody."""

from __future__ import annotations

import pytest

from salledepause.features import language
from salledepause.features.language.wordings import RULES, Part

SAID = [
    ("age", "un chaumier, ", "58 ans", "", "un chaumier, la cinquantaine"),
    ("age", "un chaumier de ", "58 ans", "", "un chaumier de la cinquantaine"),
    ("age", "une dame âgée de ", "61 ans", "", "une dame de la soixantaine"),
    ("age", "une dame de ", "quatre-vingt-trois ans", "", "une dame de plus de quatre-vingts ans"),
    ("age", "elle a ", "37 ans", "", "elle a la trentaine"),
    ("age", "un petit de ", "9 ans", "", "un petit d'une dizaine d'années"),
    ("age", "à ses ", "94 ans", "", "à son âge"),
    ("age", "un bébé de ", "11 jours", "", "un bébé de quelques jours"),
    ("place", "vu à ", "Vire", "", "vu dans une ville"),
    ("place", "la noyée d'", "Hazebrouck", "", "la noyée d'une ville"),
    ("place", "le maire du ", "Mans", "", "le maire d'une ville"),
    ("place", "venue en ", "Bretagne", "", "venue dans une région"),
    ("place", "perdu dans ", "le marais de Brière", "", "perdu quelque part"),
    ("institution", "greffée à l'hôpital ", "Foch", "", "greffée dans un hôpital"),
    ("institution", "au ", "CHU de Nantes", "", "dans un grand hôpital"),
    ("institution", "du ", "CH de Vire", "", "d'un petit hôpital"),
    ("institution", "la ", "clinique Pasteur", "", "une clinique"),
    ("ward", "en ", "réa", "", "dans un service"),
    ("ward", "la ", "cardio", "", "un service"),
    ("room", "du ", "lit 4", "", "d'un lit"),
    ("date", "opérée le ", "12 mars 2024", "", "opérée il y a quelque temps"),
    ("date", "depuis le ", "3 mai", "", "depuis quelque temps"),
    ("date", "née le ", "3/4/1950", "", "née il y a longtemps"),
    ("date", "revient ", "lundi", " prochain", "revient bientôt"),
    ("date", "", "samedi", " soir", "un soir"),
    ("time_now", "mort ", "ce matin", "", "mort un matin"),
    ("time_now", "réveillé à ", "6 h", "", "réveillé dans la nuit"),
    ("family", "avec son ", "fils", "", "avec un proche"),
    ("family", "près de sa ", "mère", "", "près d'une proche"),
    ("job", "un ", "torero", "", "un homme"),
    ("job", "la ", "caissière", "", "la femme"),
    ("rare_condition", "porteur d'une ", "anencéphalie", "", "porteur d'une maladie rare"),
    ("nationality", "44 ans, ", "portugais", ", parti", "44 ans, parti"),
]


@pytest.mark.parametrize(("kind", "before", "words", "after", "wanted"), SAID)
def test_a_part_is_said_vaguely_in_good_french(kind: str, before: str, words: str, after: str, wanted: str) -> None:
    made = RULES[kind](Part(before, words, after))
    assert made is not None
    said = before[: len(before) - made.back] + made.words + after[made.on :]
    assert said.startswith(wanted)


def test_a_story_keeps_its_sense_and_lets_nobody_be_recognised() -> None:
    text = "Mme Delacourt, 58 ans, chambre 12, opérée le 12 mars au CHU de Nantes. Appelez Lucette au 06 12 34 56 78."
    found = language.advice(text)
    assert found.label == "direct"
    kinds = {hint.kind: hint for hint in found.hints}
    assert {"name", "age", "phone"} <= kinds.keys()
    assert kinds["age"].what == "un âge"
    assert text[kinds["age"].start : kinds["age"].end] == "58 ans"
    for word in ("Delacourt", "58", "12 mars", "Nantes", "Lucette", "06 12"):
        assert word not in found.text
    assert found.text.startswith("Une dame, la cinquantaine, une chambre, opérée il y a quelque temps dans un grand hôpital.")
    assert language.rewritten(text, [kinds["age"]]) == text.replace("58 ans", "la cinquantaine")


def test_a_first_name_becomes_another_the_same_each_time_and_then_alarms_nobody() -> None:
    text = "Appelez Gildas au 07 00 55 62 94. C'est mon patient, et Gildas a peur."
    found = language.advice(text)
    assert found.label == "direct"
    assert found.text == "Appelez Camille (prénom changé) au [numéro retiré]. C'est mon patient, et Camille a peur."
    assert language.advice(found.text).label == "safe"


def test_what_tells_nobody_is_left_alone() -> None:
    for text in ("Du cake au citron en salle de pause !", "Merci @lou pour la nuit.", "", "Je fatigue."):
        assert language.advice(text).hints == ()
        assert language.advice(text).text == text
    assert not language.may_tell("Je fatigue, mais demain sera mieux.")
