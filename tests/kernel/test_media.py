"""Media: nothing of a sent file survives but its pixels and sounds, and no file can harm or hold the server."""

from __future__ import annotations

import asyncio
import io
import struct
from pathlib import Path
from typing import Any

import av
import blurhash
import pytest
from PIL import Image, ImageOps

from salledepause.kernel import media
from salledepause.kernel.media_formats import is_blurhash, sniff
from tests.kernel import media_samples as samples
from tests.kernel.media_samples import MARKED, MARKER, RAW, processor_of_children

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
JPEG_PARTS = {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA}
PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
WEBP_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
MP4_SECRETS = {b"uuid", b"keys", b"\xa9xyz", b"loci", b"XMP_"}
ALLOWED: dict[str, set[Any]] = {"image/jpeg": JPEG_PARTS, "image/png": PNG_PARTS, "image/webp": WEBP_PARTS}
MP4_FOLDERS = {b"moov": 8, b"trak": 8, b"mdia": 8, b"minf": 8, b"stbl": 8, b"edts": 8, b"udta": 8, b"meta": 12, b"ilst": 8}


async def decoded(work: Path, data: bytes, limits: media.Limits = media.DEFAULT_LIMITS, **options: Any) -> media.Decoded:
    source = work.parent / "source.bin"
    source.write_bytes(data)
    return await media.decode(source, work, limits, **options)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def opened(rendition: media.Rendition) -> Image.Image:
    picture = Image.open(rendition.path)
    picture.load()
    return picture


def near(seen: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(seen, wanted, strict=False))


def corners(picture: Image.Image) -> list[Any]:
    width, height = picture.size
    flat = picture.convert("RGB")
    places = [(5, 5), (width - 6, 5), (width - 6, height - 6), (5, height - 6)]
    return [flat.getpixel(place) for place in places]


def parts(data: bytes) -> set[Any]:
    """Kinds of the parts that a rendition is made of."""
    name = sniff(data)
    if name == "jpeg":
        return _jpeg_parts(data)
    if name == "png":
        return _boxes(data, 8, lambda at: (data[at + 4 : at + 8], 12 + int.from_bytes(data[at : at + 4], "big")))
    if name == "webp":
        return _boxes(data, 12, lambda at: (data[at : at + 4], _even(8 + int.from_bytes(data[at + 4 : at + 8], "little"))))
    return _mp4_parts(data)


def _even(size: int) -> int:
    return size + size % 2


def _boxes(data: bytes, at: int, look: Any) -> set[Any]:
    seen = set()
    while at < len(data):
        kind, size = look(at)
        seen.add(kind)
        at += size
    assert at == len(data)
    return seen


def _jpeg_parts(data: bytes) -> set[int]:
    seen, at = set(), 2
    while data[at + 1] != 0xD9:
        seen.add(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 1
    assert at + 2 == len(data)
    return seen


def _mp4_parts(data: bytes) -> set[bytes]:
    seen = set()
    at = 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        seen.add(kind)
        if kind in MP4_FOLDERS:
            seen |= _mp4_parts(data[at + MP4_FOLDERS[kind] : at + size])
        assert (kind, size) == (b"ilst", 8) or kind != b"ilst", "the list of tags is empty"
        if kind in (b"mvhd", b"tkhd", b"mdhd"):
            assert data[at + 12 : at + 20] == bytes(8), "creation and modification times"
        at += size
    assert at == len(data)
    return seen


def assert_clean(rendition: media.Rendition) -> None:
    data = rendition.path.read_bytes()
    secrets = (RAW, MARKER.encode("utf-16-be"), MARKER.encode("utf-16-le"), samples.PLACE.encode(), b"Lavf", b"Exif")
    assert [secret for secret in secrets if secret in data] == []
    allowed: set[Any] | None = ALLOWED.get(rendition.content_type)
    seen = parts(data)
    if allowed:
        assert seen <= allowed
        assert not set(opened(rendition).info) & {"exif", "xmp", "icc_profile", "comment", "XML:com.adobe.xmp"}
        return
    assert seen & MP4_SECRETS == set()
    assert b"moov" in seen
    with av.open(str(rendition.path)) as container:
        said = [container.metadata, *(stream.metadata for stream in container.streams)]
        assert {key for each in said for key in each} <= {
            *("major_brand", "minor_version", "compatible_brands", "handler_name", "language", "vendor_id"),
        }


@pytest.mark.parametrize("name", MARKED)
async def test_no_metadata_remains(work: Path, marked: dict[str, bytes], name: str) -> None:
    data = marked[name]
    assert RAW in data or MARKER.encode("utf-16-be") in data or samples.PLACE.encode() in data
    result = await decoded(work, data)
    assert_clean(result.original)
    assert_clean(result.small)
    assert is_blurhash(result.blurhash)
    assert names(work) == sorted([result.original.path.name, result.small.path.name])
    assert result.small.width * result.small.height <= 230_400
    moving = name in {"gif-moving", "webp-moving"}
    assert result.kind == ("gifv" if moving else "video" if name.startswith(("mp4", "mov", "webm")) else "image")
    assert (result.duration is None) == (result.kind == "image")


def test_at_least_twenty_kinds_of_file_are_marked(marked: dict[str, bytes]) -> None:
    assert set(marked) == set(MARKED)
    assert len(MARKED) >= 20


async def test_supplemental_units_of_a_copied_film_are_dropped(work: Path, marked: dict[str, bytes]) -> None:
    slow = media.Limits(film_wall=20)
    before = marked["mp4-units"].count(RAW)
    assert before > 20
    result = await decoded_by_copy(work, marked["mp4-units"], slow)
    assert_clean(result.original)


async def decoded_by_copy(work: Path, data: bytes, limits: media.Limits) -> media.Decoded:
    """Decode a film with a child whose patience is nil, so that it copies."""
    with pytest.MonkeyPatch.context() as patch:
        program = work.parent / "hasty.py"
        program.write_text(
            "import sys\n"
            "from salledepause.kernel import media_child, media_video\n"
            "media_video.PATIENCE = media_video.SHARE = 0.0\n"
            "media_child.main(sys.argv[1:])\n",
            encoding="utf-8",
        )
        command_line(patch, work.parent, "hasty")
        return await decoded(work, data, limits)


def command_line(patch: pytest.MonkeyPatch, folder: Path, module: str) -> None:
    """Make the parent start another child, of ours."""
    (folder / "salledepause").symlink_to(Path(media.__file__).parents[1])
    patch.setattr(media, "_IMPORT_ROOT", folder)
    patch.setattr(media, "_CHILD", module)


async def test_a_turned_film_is_copied_upright(work: Path, marked: dict[str, bytes]) -> None:
    result = await decoded_by_copy(work, marked["mp4-turned"], media.Limits())
    assert (result.original.width, result.original.height) == (120, 160)
    assert all(near(*pair) for pair in zip(corners(opened(result.small)), TURNED_CLOCKWISE, strict=True))
    with av.open(str(result.original.path)) as container:
        first: Any = next(container.decode(video=0))
        assert (first.rotation, first.width) == (-90, 160)
        assert len(list(container.decode(video=0))) >= 20


TURNED_CLOCKWISE = [WHITE, RED, GREEN, BLUE]


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_orientation_is_applied(work: Path, orientation: int) -> None:
    data = samples.saved(samples.drawing(), "JPEG", exif=samples.exif(orientation), quality=95)
    result = await decoded(work, data)
    wanted = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert wanted is not None
    assert opened(result.original).size == wanted.size == (result.original.width, result.original.height)
    assert all(near(*pair) for pair in zip(corners(opened(result.original)), corners(wanted), strict=True))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "AVIF"])
async def test_orientation_of_other_formats(work: Path, kind: str) -> None:
    tags = samples.exif(6)
    options: dict[str, Any] = {"exif": tags.tobytes() if kind == "HEIF" else tags}
    result = await decoded(work, samples.saved(samples.drawing(), kind, **options))
    assert all(near(*pair) for pair in zip(corners(opened(result.original)), TURNED_CLOCKWISE, strict=True))


async def test_films_are_turned_upright(work: Path, marked: dict[str, bytes]) -> None:
    result = await decoded(work, marked["mp4-turned"])
    assert (result.original.width, result.original.height) == (120, 160)
    assert all(near(*pair) for pair in zip(corners(opened(result.small)), TURNED_CLOCKWISE, strict=True))
    with av.open(str(result.original.path)) as container:
        first: Any = next(container.decode(video=0))
        assert first.rotation == 0
        assert all(near(*pair) for pair in zip(corners(first.to_image()), TURNED_CLOCKWISE, strict=True))


async def test_films_keep_their_length_rate_and_sound(work: Path, marked: dict[str, bytes]) -> None:
    result = await decoded(work, marked["mp4"])
    assert result.duration == pytest.approx(1.0, abs=0.1)
    assert result.frame_rate == 25
    data = result.original.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(result.original.path)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt, sound.codec_context.name) == ("h264", "yuv420p", "aac")
        assert len(list(container.decode(video=0))) == 25


@pytest.mark.parametrize("name", ["gif-moving", "webp-moving"])
async def test_animations_become_silent_films(work: Path, marked: dict[str, bytes], name: str) -> None:
    result = await decoded(work, marked[name])
    count, length = (4, 0.26) if name == "gif-moving" else (5, 0.2)
    assert (result.original.content_type, result.original.width, result.original.height) == ("video/mp4", 60, 40)
    assert result.duration == pytest.approx(length)
    with av.open(str(result.original.path)) as container:
        assert not container.streams.audio
        assert (container.duration or 0) / 1e6 == pytest.approx(length, abs=0.011)
        frames: list[Any] = list(container.decode(video=0))
        assert len(frames) == count
        assert near(frames[0].to_image().getpixel((10, 10)), (255, 80, 0))
        assert near(frames[0].to_image().getpixel((55, 5)), WHITE)


async def test_delays_of_an_animation_are_kept(work: Path, marked: dict[str, bytes]) -> None:
    result = await decoded(work, marked["gif-moving"])
    with av.open(str(result.original.path)) as container:
        assert [round(frame.time * 1000) for frame in container.decode(video=0) if frame.time is not None] == [0, 50, 110, 180]


@pytest.mark.parametrize(("name", "kind"), [("png-alpha", "PNG"), ("webp-alpha", "PNG"), ("avif-alpha", "PNG")])
async def test_transparency_is_kept(work: Path, marked: dict[str, bytes], name: str, kind: str) -> None:
    result = await decoded(work, marked[name])
    for rendition in (result.original, result.small):
        picture = opened(rendition)
        assert (picture.format, picture.mode) == (kind, "RGBA")
        assert picture.getpixel((45, 30)) == (0, 0, 0, 0) or picture.getchannel("A").getpixel((45, 30)) < 30  # type: ignore[operator]
        assert picture.getchannel("A").getpixel((5, 5)) == 255


async def test_a_colour_declared_transparent_is(work: Path, marked: dict[str, bytes]) -> None:
    picture = opened((await decoded(work, marked["png-colour-key"])).original)
    assert [picture.getchannel("A").getpixel(place) for place in ((5, 5), (100, 5))] == [0, 255]


async def test_a_heavy_drawing_becomes_webp(work: Path) -> None:
    noise = Image.effect_noise((1200, 1000), 80).convert("RGB")
    noise.putalpha(Image.linear_gradient("L").resize(noise.size))
    result = await decoded(work, samples.saved(noise, "PNG"))
    assert result.original.content_type == "image/webp"
    assert_clean(result.original)
    assert opened(result.original).mode == "RGBA"


async def test_colour_profiles_are_applied_before_they_are_dropped(work: Path, marked: dict[str, bytes]) -> None:
    for name in ("jpeg-icc", "png-icc", "webp", "heic-icc"):
        result = await decoded(work, marked[name])
        assert near(corners(opened(result.original))[0], BLUE), name


async def test_sixteen_bits_keep_their_greys(work: Path, marked: dict[str, bytes]) -> None:
    picture = opened((await decoded(work, marked["png-16-bits"])).original).convert("L")
    assert [picture.getpixel(place) for place in ((0, 0), (0, 32), (63, 63))] == [0, 128, 255]


@pytest.mark.parametrize("name", ["jpeg-exif", "png-alpha", "gif-moving", "webp-moving", "heic"])
async def test_square_crop(work: Path, marked: dict[str, bytes], name: str) -> None:
    result = await decoded(work, marked[name], square=64)
    assert result.kind == "image"
    for rendition in (result.original, result.small):
        assert opened(rendition).size == (64, 64)
    if name == "jpeg-exif":
        assert all(near(*pair) for pair in zip(corners(opened(result.original)), [RED, GREEN, BLUE, WHITE], strict=True))


async def test_a_film_is_no_portrait(work: Path, marked: dict[str, bytes]) -> None:
    with pytest.raises(media.Undecodable, match="image fixe"):
        await decoded(work, marked["mp4"], square=64)


async def test_large_photos_are_scaled_down(work: Path) -> None:
    result = await decoded(work, samples.saved(samples.drawing((3000, 1500)), "JPEG"), max_side=1000)
    assert (result.original.width, result.original.height) == (1000, 500)
    assert (result.small.width, result.small.height) == (679, 339)
    assert opened(result.small).size == (679, 339)


async def test_a_film_is_scaled_down_to_even_sides(work: Path, tmp_path: Path) -> None:
    result = await decoded(work, samples.film(tmp_path / "wide", size=(322, 182), pictures=5), max_side=101)
    assert (result.original.width, result.original.height) == (100, 58)


async def test_blurhash_shows_the_colours(work: Path, marked: dict[str, bytes]) -> None:
    result = await decoded(work, marked["jpeg-exif"])
    shown = blurhash.decode(result.blurhash, 12, 8)
    red, blue = shown[0][0], shown[7][11]
    assert red[0] > red[2] + 80
    assert blue[2] > blue[0] + 80


async def test_names_are_ours(work: Path, tmp_path: Path) -> None:
    source = tmp_path / "..%2f..%2fetc; rm -rf $(x) \u202egpj.exe"
    source.write_bytes(samples.saved(samples.drawing(), "JPEG"))
    result = await media.decode(source, work)
    stem, suffix = result.original.path.name.split("-")
    assert len(stem) == 16
    assert int(stem, 16)
    assert suffix == "original.jpg"


async def test_several_files_at_once(work: Path, marked: dict[str, bytes]) -> None:
    source = work.parent / "source.bin"
    source.write_bytes(marked["jpeg-exif"])
    results = await asyncio.gather(*(media.decode(source, work) for _ in range(4)))
    assert len({result.original.path for result in results}) == 4


async def test_a_small_photo_is_quick(work: Path, marked: dict[str, bytes]) -> None:
    spent = []
    for _ in range(5):
        before = processor_of_children()
        await decoded(work, marked["jpeg-exif"])
        spent.append(processor_of_children() - before)
    assert 0 < min(spent) < 0.5
