"""Portraits drawn from a name: the same each time, different enough, light, quick, and nothing but shapes."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageStat

from salledepause.kernel import media_formats, portrait
from salledepause.kernel.portrait import avatar_png, header_png

NAMES = [f"personne-{number}" for number in range(60)]
MOST_BYTES = 12_000


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize(("draw", "size"), [(avatar_png, (400, 400)), (header_png, (1500, 500))])
def test_size_form_and_weight(draw: Callable[[str], bytes], size: tuple[int, int]) -> None:
    for name in NAMES:
        data = draw(name)
        picture = opened(data)
        assert media_formats.sniff(data) == "png"
        assert (picture.size, picture.mode, picture.format) == (size, "P", "PNG")
        assert len(data) < MOST_BYTES, name


@pytest.mark.parametrize("draw", [avatar_png, header_png])
def test_quick(draw: Callable[[str], bytes]) -> None:
    spent = []
    for name in NAMES[:20]:
        started = time.process_time()
        draw(name)
        spent.append(time.process_time() - started)
    assert sorted(spent)[10] < 0.020


def test_the_same_name_draws_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib; from salledepause.kernel.portrait import avatar_png, header_png;"
        "print(hashlib.sha256(avatar_png('ginette') + header_png('ginette')).hexdigest())"
    )
    root = Path(portrait.__file__).parents[2]
    said = {
        subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(said) == 1
    assert avatar_png("ginette") == avatar_png("ginette")


def test_names_that_differ_draw_differently() -> None:
    assert len({avatar_png(name) for name in NAMES}) == len(NAMES)
    assert len({header_png(name) for name in NAMES}) == len(NAMES)
    assert avatar_png("ginette") != avatar_png("Ginette")


def test_every_design_and_palette_serves() -> None:
    assert len({tuple(opened(avatar_png(name, 16)).getpalette() or ()) for name in map(str, range(200))}) == len(
        portrait.PALETTES
    )


def test_there_is_something_to_see() -> None:
    for name in NAMES:
        for picture in (opened(avatar_png(name)), opened(header_png(name))):
            assert ImageStat.Stat(picture.convert("L")).stddev[0] > 8, name


def test_edges_are_smooth() -> None:
    colours = opened(avatar_png("ginette")).getcolors()
    assert colours is not None
    assert len(colours) > 8


def test_an_avatar_and_its_header_share_their_colours() -> None:
    for name in NAMES[:10]:
        assert opened(avatar_png(name)).getpalette() == opened(header_png(name)).getpalette()


def test_palettes_go_from_dark_to_light() -> None:
    for palette in portrait.PALETTES:
        lights = [Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0)) for colour in palette]
        assert all(isinstance(light, int) for light in lights)
        assert [int(str(light)) for light in lights] == sorted(int(str(light)) for light in lights)
        assert int(str(lights[-1])) - int(str(lights[0])) > 150


@given(st.text(max_size=200), st.integers(1, 120))
@settings(max_examples=60)
def test_any_name_and_size(seed: str, size: int) -> None:
    assert opened(avatar_png(seed, size)).size == (size, size)
    assert opened(header_png(seed, size * 3, size)).size == (size * 3, size)
