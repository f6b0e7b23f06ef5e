"""Fifteen people before three thousand remarks in four hours: how many are served, by how many answers, how often each is told.

The texts are those that the engine comes with. Five wordings of each card are known at first; the others come in, each about four
times, and one remark in ten is nothing that a card answers, written to look like it. Each hour whoever answers reads a pile and
sends its card, by one press, to those that it answers: truth stands for their judgement. Each has the time to open fifteen of the
rest, four minutes each, and to choose the card there. What is answered is learned, as the worker does. Nothing else is served.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from salledepause.features import desks, language
from salledepause.features.desks.thinking import TAUGHT
from salledepause.features.language import fixtures

ANSWERERS, REMARKS, KNOWN, SEED, HOURS = 15, 3000, 5, 20261130, 4
CARDS = 40
"""What a desk may well have; the remarks of other cards come as what nobody answers."""
BY_HAND = ANSWERERS * 60 // desks.MINUTES
"""Remarks that they open one by one in an hour."""
OTHERS = 300
AN_HOUR = timedelta(hours=1)
FIRST = datetime(2026, 11, 30, 7, tzinfo=UTC)


class Crowd:
    """What comes in, (text, the card that truly answers it, or none), and what is known by then."""

    def __init__(self) -> None:
        told, drawn = fixtures.remarks(fixtures.own() / "remarks"), random.Random(SEED)  # noqa: S311 - a fixed seed
        self.cards = told.cards[:CARDS]
        texts: dict[str, list[str]] = {card.id: [] for card in self.cards}
        others: list[str] = []
        for one in told.examples:
            texts.get(one.remark, others).append(one.text)
        for each in texts.values():
            drawn.shuffle(each)
        self.known = {card: each[:KNOWN] for card, each in texts.items()}
        fresh: list[tuple[str, str | None]] = [(text, card) for card, each in texts.items() for text in each[KNOWN:]]
        unanswered = [*(one.text for one in told.near), *told.noise, *others]
        none: list[tuple[str, str | None]] = [(text, None) for text in unanswered]
        self.came = [*drawn.choices(fresh, k=REMARKS - OTHERS), *drawn.choices(none, k=OTHERS)]
        drawn.shuffle(self.came)
        self.by_pile = self.by_hand = self.piles = 0
        self.answers: set[str] = set()

    def hour(self, waiting: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
        """Answer what can be in an hour; return what still waits."""
        nearest = self._nearest(sorted({text for text, _ in waiting}))
        hit = [one for one in waiting if one[1] == nearest[one[0]]]
        rest = [one for one in waiting if one[1] != nearest[one[0]]]
        opened, left = rest[:BY_HAND], rest[BY_HAND:]
        by_hand = [one for one in opened if one[1]]
        self.piles += len({card for _, card in hit})
        self.by_pile += len(hit)
        self.by_hand += len(by_hand)
        for text, card in hit + by_hand:
            if card and text not in self.known[card]:
                self.answers.add(card)
                self.known[card].append(text)
        return left

    def _nearest(self, texts: list[str]) -> dict[str, str]:
        taught = [language.Example(card, text) for card, each in self.known.items() for text in each[-TAUGHT:]]
        desk = language.desk(self.cards, taught, language.quick())
        return {text: said.candidates[0].card for text, said in zip(texts, language.remarks(desk, texts), strict=True)}


def busiest(times: list[datetime]) -> int:
    """Return how many of some instants fall into the busiest hour."""
    return max((sum(at <= other < at + AN_HOUR for other in times) for at in times), default=0)


def test_fifteen_answer_three_thousand() -> None:
    crowd = Crowd()
    waiting: list[tuple[str, str | None]] = []
    for hour in range(HOURS):
        waiting = crowd.hour([*waiting, *crowd.came[hour * REMARKS // HOURS : (hour + 1) * REMARKS // HOURS]])
    served = crowd.by_pile + crowd.by_hand
    figures = (served / REMARKS, crowd.by_pile / REMARKS, crowd.by_hand / REMARKS, crowd.piles, len(crowd.answers))
    assert served >= 0.8 * REMARKS, figures
    assert crowd.by_pile >= 0.5 * REMARKS, figures
    assert len(crowd.answers) <= 0.05 * REMARKS, figures
    assert crowd.piles <= len(crowd.cards) * HOURS, figures


def test_nobody_is_told_more_than_ten_times_an_hour() -> None:
    gap, rung = HOURS * AN_HOUR / REMARKS, {one: list[datetime]() for one in range(ANSWERERS)}
    for place in range(REMARKS):
        for times in rung.values():
            if desks.may_ring(times[-desks.RINGS :], FIRST + gap * place):
                times.append(FIRST + gap * place)
    assert {busiest(times) for times in rung.values()} == {desks.RINGS}
    assert desks.RINGS + desks.MENTIONS <= 10


def test_what_is_confirmed_is_known_and_what_is_refused_is_nobodys() -> None:
    told = fixtures.remarks(fixtures.own() / "remarks")
    number = {card.id: place for place, card in enumerate(told.cards[:3], 1)}
    said = [one for one in told.examples if one.remark in number]
    fits = [desks.Wording(0, number[one.remark], one.text, fits=True) for one in said[::6]]
    known, refused = fits[0].text, "Mon lave-linge personnel fuit depuis mardi, qui connaît un réparateur ?"
    cards = tuple((number[card.id], card.remark, card.answer) for card in told.cards[:3])

    def judged(*wordings: desks.Wording) -> list[desks.Judged]:
        learned = desks.taught([], wordings)._replace(cards=cards)
        return desks.judged(learned, [known, refused])

    before, _ = judged(*fits)
    assert (before.sure, before.near[0].card_id, before.near[0].example) == (fits[0].card_id, fits[0].card_id, known)
    wrong = desks.Wording(0, fits[0].card_id, refused, fits=False)
    after, not_ours = judged(*fits, wrong, desks.Wording(0, 3 - fits[0].card_id, known, fits=False))
    assert after.sure == fits[0].card_id, "what fits one card is refused of none"
    assert not_ours.sure is None
    assert all(0 < near.card_id <= 3 for near in not_ours.near)
