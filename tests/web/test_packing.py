"""Pages travel compressed, and what is secret in them is compressed with nothing."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salledepause.kernel import clock
from salledepause.surfaces.web.packing import Packed, welcome
from tests.web.visitor import Visitor

SLOT = st.integers(0, 70)
TEXT = st.text(max_size=300)


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXT, SLOT), max_size=8), TEXT, st.randoms(use_true_random=False))
def test_any_texts_come_out_with_any_slots_of_their_lengths(parts: list[tuple[str, int]], last: str, dice: object) -> None:
    pieces = [one for text, room in parts for one in (text.encode() * 3, b"." * room)] + [last.encode()]
    packed = Packed(pieces)
    for _ in range(3):
        view = [dice.randbytes(len(one)) if place % 2 else one for place, one in enumerate(pieces)]  # type: ignore[attr-defined]
        assert gzip.decompress(packed.filled(view)) == b"".join(view)


def test_a_secret_that_others_guess_right_makes_no_page_shorter() -> None:
    secret = b"D_K5BYDhQK0J02thFiSws9Mdu"
    sizes = set()
    for guess in (secret, secret.swapcase()):
        page = [b"<p>" + guess + b"</p>" * 40, secret, b"<p>the end</p>"]
        sizes.add(len(Packed(page).filled(page)))
    assert len(sizes) == 1


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [("", False), ("br", False), ("gzip, deflate, br", True), ("gzip;q=0", False), ("br, GZIP;q=1.0", True)],
)
def test_who_takes_gzip_says_so(accepted: str, taken: bool) -> None:
    assert welcome(accepted) is taken


async def test_a_page_is_the_same_compressed_and_not(nurse: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    instant = clock.now()
    monkeypatch.setattr(clock, "now", lambda: instant)  # a page tells how long ago
    for number in range(20):
        await nurse.write(f"Récit {number}. " + "Une phrase de la nuit. " * 11)
    await nurse.client.get("/local")  # where it is told that the last one is out
    plain = await nurse.client.get("/local", headers={"accept-encoding": "identity"})
    packed = await nurse.client.get("/local", headers={"accept-encoding": "gzip"})
    again = await nurse.client.get("/local", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == again.headers["content-encoding"] == "gzip"
    assert packed.text == again.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 5
    assert "accept-encoding" in packed.headers["vary"]
