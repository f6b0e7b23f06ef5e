"""Media made to harm: each file is refused, in time, in French, with nothing left behind and the server alive."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import blurhash
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from salledepause.kernel import media
from salledepause.kernel.media_formats import is_blurhash, sniff
from tests.kernel import media_samples as samples
from tests.kernel.media_samples import MARKED, processor_of_children

IN_TIME = 20.0
"""Seconds of processor: how long that lasts depends on who else computes here, and no longer than `limits` says."""


async def refusal(work: Path, data: bytes, limits: media.Limits = media.DEFAULT_LIMITS) -> media.Undecodable:
    """The refusal of a file, in time and with nothing left behind."""
    source = work.parent / "source.bin"
    source.write_bytes(data)
    before = processor_of_children()
    with pytest.raises(media.Undecodable) as caught:
        await media.decode(source, work, limits)
    assert processor_of_children() - before < IN_TIME
    assert names(work) == []
    return caught.value


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


# Bombs


def huge_png(side: int) -> bytes:
    """A square of black, one bit a pixel: side² / 8 bytes once decompressed, a thousandth of it here."""
    press = zlib.compressobj(1)
    row = bytes(1 + (side + 7) // 8)
    data = b"".join([press.compress(row * 500) for _ in range(side // 500)]) + press.flush()
    return samples.png_header(side, side) + samples.chunk(b"IDAT", data) + samples.chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A hundred megabytes of text in a small picture."""
    text = b"Comment\0\0" + zlib.compress(bytes(100_000_000), 1)
    head, tail = samples.saved(samples.drawing(), "PNG").split(b"IDAT", 1)
    return head[:-4] + samples.chunk(b"zTXt", text) + head[-4:] + b"IDAT" + tail


def gif_of(frames: int, size: tuple[int, int] = (1, 1)) -> bytes:
    """A GIF of as many one-pixel pictures."""
    head = b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    picture = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    return head + picture * frames + b";"


def heavy_png(side: int) -> bytes:
    """A picture within the limit of pixels that takes four bytes for each."""
    return samples.saved(Image.new("RGBA", (side, side), (1, 2, 3, 4)), "PNG")


async def test_a_png_of_50_000_squared(work: Path) -> None:
    bomb = huge_png(50_000)
    assert len(bomb) < 4_000_000
    caught = await refusal(work, bomb)
    assert isinstance(caught, media.TooLarge)
    assert "33 millions de pixels" in str(caught)


async def test_a_side_that_is_too_long(work: Path) -> None:
    assert isinstance(await refusal(work, samples.png_header(60_000, 2) + samples.chunk(b"IDAT", b"")), media.TooLarge)


async def test_a_bomb_of_text(work: Path) -> None:
    assert str(await refusal(work, text_bomb()))


async def test_a_gif_of_100_000_pictures(work: Path) -> None:
    caught = await refusal(work, gif_of(100_000))
    assert isinstance(caught, media.TooLarge)
    assert "1200 images" in str(caught)


async def test_a_gif_with_a_huge_screen(work: Path) -> None:
    assert isinstance(await refusal(work, gif_of(2, (65_535, 65_535))), media.TooLarge)


async def test_an_animation_that_lasts_too_long(work: Path) -> None:
    data = samples.animated("GIF", [60_000] * 20)
    assert isinstance(await refusal(work, data), media.TooLarge)


async def test_a_film_that_lasts_too_long(work: Path, marked: dict[str, bytes]) -> None:
    caught = await refusal(work, marked["mp4"], media.Limits(duration=0.5))
    assert isinstance(caught, media.TooLarge)
    assert "trop longue" in str(caught)


async def test_a_film_with_too_many_pixels(work: Path, marked: dict[str, bytes]) -> None:
    assert isinstance(await refusal(work, marked["mp4"], media.Limits(pixels=10_000)), media.TooLarge)


async def test_too_many_bytes(work: Path, marked: dict[str, bytes]) -> None:
    for name in ("jpeg-exif", "mp4"):
        caught = await refusal(work, marked[name], media.Limits(image_bytes=100, film_bytes=100))
        assert isinstance(caught, media.TooLarge)
        assert "trop lourd" in str(caught)


async def test_the_memory_limit_holds(work: Path) -> None:
    bomb = heavy_png(5_500)
    caught = await refusal(work, bomb, media.Limits(memory=300 * media.MEBIBYTE))
    assert isinstance(caught, media.TooLarge)
    source = work.parent / "source.bin"
    assert (await media.decode(source, work)).original.width == 3840


async def test_the_processor_limit_holds(work: Path) -> None:
    noise = samples.saved(Image.effect_noise((5_000, 5_000), 90).convert("RGB"), "JPEG", quality=50)
    assert isinstance(await refusal(work, noise, media.Limits(image_processor=1)), media.TooLarge)


async def test_the_size_of_what_is_written_is_limited(work: Path, marked: dict[str, bytes]) -> None:
    for name in ("jpeg-exif", "gif-moving"):
        assert str(await refusal(work, marked[name], media.Limits(film_bytes=1000)))


# Files that are not what they seem

STRANGERS = {
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj",
    "mvg": b"push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'https://127.0.0.1/x'\npop graphic-context",
    "msl": b'<?xml version="1.0"?><image><read filename="/etc/passwd"/></image>',
    "label": b"label:@/etc/passwd",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage",
    "json": b'{"@context": "https://www.w3.org/ns/activitystreams", "type": "Note"}',
    "empty": b"",
    "one byte": b"\xff",
    "bmp": samples.saved(samples.drawing(), "BMP"),
    "tiff": samples.saved(samples.drawing(), "TIFF"),
    "ico": samples.saved(samples.drawing((32, 32)), "ICO"),
    "ppm": samples.saved(samples.drawing(), "PPM"),
    "icns": b"icns\0\0\0\x10ic07\0\0\0\x08",
    "playlist": b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nfile:///etc/passwd\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "webm": b"\x1aE\xdf\xa3" + bytes(60),
    "executable": b"\x7fELF" + bytes(60),
}


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        files.writestr("../../etc/cron.d/x", "x")
    return out.getvalue()


@pytest.mark.parametrize("name", [*STRANGERS, "zip"])
async def test_strangers_are_refused_by_their_first_bytes(work: Path, name: str) -> None:
    caught = await refusal(work, STRANGERS.get(name) or (archive() if name == "zip" else b""))
    assert str(caught).startswith("Ce fichier n'est pas une image lisible. Formats acceptés")


DISGUISES = [
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF\x40\0\0\0WEBP",
    b"\0\0\0\x18ftypisom",
    b"\x1aE\xdf\xa3\x9fB\x82\x84webm",
]


@pytest.mark.parametrize("disguise", DISGUISES)
async def test_strangers_in_disguise(work: Path, disguise: bytes) -> None:
    for name in ("svg", "mvg", "playlist", "pdf"):
        assert str(await refusal(work, disguise + STRANGERS[name] * 3))


async def test_rare_decoders_are_not_for_strangers(work: Path, tmp_path: Path) -> None:
    rare = samples.film(tmp_path / "rare", kind="matroska", turn=None).replace(b"matroska", b"webm\0\0\0\0", 1)
    assert sniff(rare[:64]) == "webm"
    await refusal(work, rare)


async def test_a_sound_has_no_picture(work: Path, tmp_path: Path) -> None:
    assert "pas d'image" in str(await refusal(work, samples.sound(tmp_path / "sound")))


@pytest.mark.parametrize("name", [name for name in MARKED if not name.startswith(("gif-moving", "webp-moving", "webm"))])
async def test_truncated_files(work: Path, marked: dict[str, bytes], name: str) -> None:
    data = marked[name]
    end = {"jpeg-trailer": 700, "png-trailer": 150, "mpo": 900, "jpeg-broken-exif": 900, "apng": 320}.get(name, len(data) // 2)
    assert str(await refusal(work, data[:end]))


async def test_broken_at_random(work: Path, marked: dict[str, bytes]) -> None:
    """Whatever is changed in a file, it is decoded or refused; nothing else ever comes out."""
    chance = random.Random(20260101)  # noqa: S311 - the same files at every run
    source = work.parent / "source.bin"
    outcomes = set()
    for name in ("jpeg-exif", "png-palette", "gif-moving", "webp-alpha", "heic", "avif", "mp4") * 4:
        data = bytearray(marked[name])
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(16, len(data))] = chance.randrange(256)
        source.write_bytes(data)
        try:
            outcomes.add((await media.decode(source, work)).kind)
        except media.Undecodable:
            outcomes.add("refused")
    assert "refused" in outcomes
    assert outcomes <= {"refused", "image", "gifv", "video"}


@given(st.binary(max_size=80))
def test_sniffing_any_bytes(head: bytes) -> None:
    assert sniff(head) in {None, "jpeg", "png", "gif", "webp", "moving-webp", "heif", "avif", "mp4"}


@given(st.integers(1, 9), st.integers(1, 9), st.binary(min_size=48, max_size=48))
def test_blurhash_is_recognised(across: int, down: int, data: bytes) -> None:
    rows = [[data[at : at + 3] for at in range(row, row + 12, 3)] for row in range(0, 48, 12)]
    text = blurhash.encode(rows, across, down)
    assert is_blurhash(text)
    assert not is_blurhash(text + "0")
    assert not is_blurhash(text[:-1])
    assert not is_blurhash(text[:-1] + "\n")
