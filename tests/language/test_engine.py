"""What was learned holds on texts that it never saw, is always the same, small and quick; floors stand below measures."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from salledepause.features import language
from salledepause.features.language import desk_training, evaluation, fixtures, guard_training, shelf, shield_training
from salledepause.features.language.evaluation import Figure
from salledepause.features.language.ngrams import plain
from salledepause.features.language.transformer import Model
from salledepause.features.safety_net import concerns
from salledepause.kernel.errors import BadInput
from salledepause.main import preload
from tests.language.test_tuning import PIECES, PLACES, tiny
from tests.support.commands import FORGE

UNSEEN = Path(__file__).parent / "unseen"
OWN = fixtures.own()


class Reading:
    """A reader for tests, of pieces that are letters."""

    name, depth = "reading", 2

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[len(text), text.count(" ")] for text in texts], np.float32)

    def model(self) -> Model:
        return tiny(np.float32)

    def cut(self, text: str) -> list[int]:
        return [ord(letter) % PIECES for letter in text[:PLACES]]


def by_name(figures: Sequence[Figure]) -> dict[str, Figure]:
    return {one.name: one for one in figures}


def test_what_is_measured_was_never_learned() -> None:
    learned = {plain(str(one.get("text", one.get("remark")))) for path in OWN.glob("*/*.jsonl") for one in fixtures.lines(path)}
    asked = [plain(one["text"]) for path in UNSEEN.glob("*/*.jsonl") for one in fixtures.lines(path) if "text" in one]
    assert len(asked) > 2000
    assert not [text for text in asked if text in learned]
    sources = [path.read_text("utf-8") for path in (OWN.parent).glob("*.py")]
    assert not [source for source in sources if "tests/" in source]


def test_secret_floors() -> None:
    found = by_name(list(evaluation.of_posts(UNSEEN / "posts", language.quick())))
    assert found["secret: direct found"].value >= FLOORS["direct"]
    assert found["secret: combinations found"].value >= FLOORS["combination"]
    assert found["secret: false alarms on harmless"].value <= FLOORS["alarms"]
    assert found["spans of our posts: precision"].value >= FLOORS["spans"]


def test_mentions_floors_of_the_first_pass() -> None:
    found = by_name(list(evaluation.of_mentions(UNSEEN / "mentions", language.quick())))
    assert found["mentions: kinds, macro-F1"].value >= FLOORS["kinds"]
    assert found["mentions: legitimate held"].value <= FLOORS["held"]
    assert found["mentions: hostile, area under the curve"].value >= FLOORS["area"]


FLOORS = {"direct": 0.42, "combination": 0.38, "alarms": 0.09, "spans": 0.65, "kinds": 0.4, "held": 0.09, "area": 0.78}


def test_the_same_words_hurt_or_tease_by_relation() -> None:
    said = "t'es vraiment un abruti fini, je te déteste"
    stranger, friend = language.mentions(
        [language.Mention(said, "ide", "stranger"), language.Mention(said, "ide", "friend")], language.quick()
    )
    assert stranger.kind in language.HOSTILE
    assert friend.chance < stranger.chance
    assert "inconnu" in stranger.reason
    assert "ami" in friend.reason


def test_swearing_alone_is_never_held_as_rouge() -> None:
    for text in ("putain de nuit de merde", "bordel de bordel, encore l'imprimante", "fait chier cette pluie, merde"):
        (found,) = language.mentions([language.Mention(text, "ide", "stranger")], language.quick())
        assert found.zone != "rouge"


def test_a_number_tells_of_somebody_unless_a_service_gives_it() -> None:
    assert language.secret("Appelez-le au 06 39 98 12 40, il ne répond plus à personne").label == "direct"
    assert language.secret("Le secrétariat répond au 05 55 00 10 20, de 9 h à midi").label == "safe"


def test_a_number_or_an_address_told_in_words_is_one() -> None:
    for text, part in (
        (
            "Sa fille, c'est le zéro six, douze, quarante-quatre, neuf huit, trente et un",
            "zéro six, douze, quarante-quatre, neuf huit, trente et un",
        ),
        ("il a noté 06-vingt-et-un-57-dix-huit-90 sur le plâtre", "06-vingt-et-un-57-dix-huit-90"),
        ("tu lui réponds à mado.cent(chez)exemple(point)fr", "mado.cent(chez)exemple(point)fr"),
    ):
        found = language.secret(text)
        assert found.label == "direct"
        assert part in {text[span.start : span.end] for span in found.spans}
    assert not [
        span for span in language.secret("J'ai tout pris chez exemple.fr, le 06 12 2026").spans if span.kind in {"phone", "email"}
    ]


def test_names_are_found_without_a_title() -> None:
    for text, name in (
        ("Ça y est, le fils Montel s'est cassé les deux poignets", "Montel"),
        ("Anne-Lise m'a dicté ses lettres d'adieu", "Anne-Lise"),
        ("les transmissions disent que la petite Vasquez a convulsé", "Vasquez"),
    ):
        assert name in {text[span.start : span.end] for span in language.secret(text).spans}


def test_verdicts_are_always_the_same() -> None:
    told, _ = fixtures.mentions(OWN / "mentions")
    said = [one.mention for one in told[:20]]
    together = language.mentions(said, language.quick())
    assert together == [language.mentions([one], language.quick())[0] for one in said]
    assert [language.secret(one.text) for one in said] == [language.secret(one.text) for one in said]
    assert language.mentions([], language.quick()) == []


def test_an_empty_desk_is_silent() -> None:
    empty = language.desk([], [], language.quick())
    (found,) = language.remarks(empty, ["Le parking est trop cher"])
    assert (found.card, found.candidates) == (None, ())


def test_a_desk_learns_from_what_is_confirmed() -> None:
    cards = [language.Card("a", "Le parking est trop cher."), language.Card("b", "On attend trop aux urgences.")]
    said = "douze balles la journée pour venir voir ma mère, merci la barrière"
    before = language.remarks(language.desk(cards, [], language.quick()), [said])[0]
    after = language.remarks(language.desk(cards, [language.Example("a", said)], language.quick()), [said])[0]
    assert after.candidates[0].card == "a"
    assert after.candidates[0].example == said
    assert after.score >= before.score


def test_learning_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    told, groups = fixtures.mentions(OWN / "mentions")
    posts = fixtures.posts(OWN / "posts")[:120]
    cards = fixtures.remarks(OWN / "remarks")
    few = desk_training.only(cards, {card.id for card in cards.cards[:9]}, cards.noise[:20])
    table = language.quick().table
    for name in ("one", "two"):
        shelf.keep(
            tmp_path / f"mentions-{name}.npz", shield_training.learn(told[:80], groups[:80], table, Reading(), lambda _: None)
        )
        shelf.keep(tmp_path / f"posts-{name}.npz", guard_training.learn(posts, table, Reading(), lambda _: None))
        shelf.keep(tmp_path / f"remarks-{name}.npz", desk_training.learn(few, few, table, Reading(), lambda _: None))
    for name in ("mentions", "posts", "remarks"):
        assert (tmp_path / f"{name}-one.npz").read_bytes() == (tmp_path / f"{name}-two.npz").read_bytes()


def test_too_few_mentions_are_refused() -> None:
    told, groups = fixtures.mentions(OWN / "mentions")
    with pytest.raises(BadInput, match="au moins 20 messages"):
        shield_training.learn(told[:19], groups[:19], language.quick().table, Reading(), lambda _: None)


def test_too_few_posts_are_refused() -> None:
    few = fixtures.posts(OWN / "posts")[: guard_training.FEWEST - 1]
    with pytest.raises(BadInput, match="au moins"):
        guard_training.learn(few, language.quick().table, Reading(), lambda _: None)


def test_posts_that_all_tell_of_somebody_are_refused() -> None:
    telling = [post for post in fixtures.posts(OWN / "posts")[:400] if post.label != "safe"]
    with pytest.raises(BadInput, match="personne ne se reconnaît"):
        guard_training.learn(telling, language.quick().table, Reading(), lambda _: None)


def test_too_few_cards_are_refused() -> None:
    told = fixtures.remarks(OWN / "remarks")
    few = desk_training.only(told, {card.id for card in told.cards[:5]}, [])
    with pytest.raises(BadInput, match="au moins 6 fiches"):
        desk_training.learn(few, few, language.quick().table, Reading(), lambda _: None)


def test_silence_is_learned_on_cards_that_nothing_else_is_learned_of() -> None:
    told = fixtures.remarks(OWN / "remarks")
    kept, left = desk_training.parted(told, 3)
    assert len(kept.cards) > 2 * len(left.cards) - 3 > 60
    assert not set(desk_training.spoken(kept)) & set(desk_training.spoken(left))
    assert sorted([*desk_training.spoken(kept), *desk_training.spoken(left)]) == sorted(desk_training.spoken(told))


def test_a_desk_is_asked_what_it_was_not_told() -> None:
    told = fixtures.remarks(OWN / "remarks")
    few = [card.id for card in told.cards[:4]]
    kept = desk_training.only(told, set(few), told.noise[:40])
    known, asked = desk_training.divided(kept, 5, np.random.default_rng(1))
    assert len(known) == 20
    assert not {one.text for one in known} & {text for text, card in asked if card}
    assert sum(card is None for _, card in asked) == len(kept.near) + 40


def test_what_was_learned_is_small() -> None:
    held = [path.stat().st_size for path in shelf.folder().glob("*.npz")]
    assert len(held) == 4
    assert sum(held) < 10_000_000


def test_another_shape_is_refused(tmp_path: Path) -> None:
    shelf.keep(tmp_path / "one.npz", {"version": np.array(0), "a": np.zeros(3)})
    assert shelf.kept(tmp_path / "one.npz")["a"].tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="another shape"):
        _older(tmp_path / "two.npz")


def _older(path: Path) -> None:
    np.savez(path, version=np.array(shelf.VERSION - 1))
    shelf.kept(path)


def test_the_first_pass_is_quick() -> None:
    told, _ = fixtures.mentions(OWN / "mentions")
    texts = [one.mention.text for one in told[:400]]
    table = language.quick().table
    table.encode(texts[:20])
    began = time.process_time()
    table.encode(texts)
    assert len(texts) / (time.process_time() - began) > 1000
    language.secret(texts[0])
    began = time.process_time()
    for text in texts[:40]:
        language.secret(text)
    assert (time.process_time() - began) / 40 < 0.1


def opened_by_a_first_text(told: Connection) -> None:
    """Say which files of the engine the first text opens in a process that serves."""
    preload()
    opened = list[str]()
    sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
    text = "Encore une nuit calme, madame Dupont, mais quelle bande d'incapables, j'en peux plus."
    language.limit(text, aims=True)
    concerns(text, "fr")
    told.send([path for path in opened if "salledepause" in path])


def test_nobodys_words_wait_for_the_engine_to_be_read() -> None:
    told, heard = FORGE.Pipe()
    process = FORGE.Process(target=opened_by_a_first_text, args=(heard,))
    process.start()
    assert told.recv() == []
    process.join()
