"""Animated pictures, turned into a short silent film that every app plays: MP4 instead of GIF or moving WebP.

Runs in the decoding child. Delays are kept to the millisecond; like browsers, a delay of 10 ms or less counts as 100 ms.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import av
from PIL import Image

from salledepause.kernel import media_image, media_video
from salledepause.kernel.media_formats import Made, Order, Picture, Refused

SIDE: Final = 1280
"""Longest side of an animation once encoded."""

BEAT: Final = Fraction(1, 1000)
SHORTEST: Final = 10
USUAL: Final = 100


class Still(NamedTuple):
    """One picture of an animation, opaque, at its final size; when it starts and how long it lasts, in milliseconds."""

    picture: Image.Image
    start: int
    lasts: int


def decode(order: Order, source: BinaryIO) -> Made:
    """Decode an animation into a film, or a still when it holds one picture or a square is wanted.

    Raises `Refused`, or whatever Pillow raises on bytes that are no picture: the child then dies of it.
    """
    picture = media_image.open_picture(order, source)
    if order.square or not getattr(picture, "is_animated", False):
        return media_image.finish(order, picture)
    if order.loops:
        return loop(order, picture)
    size = media_video.target(picture.size, min(SIDE, order.max_side))
    return encode(order, stills(order, picture, size), size)


def loop(order: Order, picture: Image.Image) -> Made:
    """Rebuild an animation from its pixels as a WebP that loops, see-through where it was; its first picture is the still."""
    factor = min(1.0, order.max_side / max(picture.size))
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    shown = list(stills(order, picture, size, clear=True))
    first, *others = [still.picture for still in shown]
    out = io.BytesIO()
    delays = [still.lasts for still in shown]
    first.save(out, "WEBP", save_all=True, append_images=others, duration=delays, loop=0, quality=85, method=3)
    Path("original").write_bytes(out.getvalue())
    small = media_image.write(first, Path("small"), media_image.PNG_BYTES)
    alike = media_image.likenesses(order, first)
    return Made("image", Picture("image/webp", *size), small, media_image.fingerprint(first), likenesses=alike)


def stills(order: Order, picture: Image.Image, size: tuple[int, int], *, clear: bool = False) -> Iterator[Still]:
    """Give the pictures one by one, over white unless `clear`. Raises `Refused` beyond the allowed count or length."""
    start = 0
    for index in count():
        try:
            picture.seek(index)
        except EOFError:
            return
        if index >= order.frames:
            raise Refused("frames")
        flat = _clear(picture, size) if clear else _flat(picture, size)
        delay = int(picture.info.get("duration") or 0)
        lasts = delay if delay > SHORTEST else USUAL
        if start + lasts > order.duration * 1000:
            raise Refused("duration")
        yield Still(flat, start, lasts)
        start += lasts


def _clear(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale one picture, rebuilt from its pixels alone."""
    shown = picture.convert("RGBA")
    shown = shown if shown.size == size else shown.resize(size, Image.Resampling.BICUBIC)
    return Image.frombytes("RGBA", size, shown.tobytes())


def _flat(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale one picture and lay it on white, the ground on which most drawings are made."""
    shown = _clear(picture, size)
    return Image.alpha_composite(Image.new("RGBA", size, "white"), shown).convert("RGB")


def encode(order: Order, pictures: Iterator[Still], size: tuple[int, int]) -> Made:
    """Encode the pictures at their own pace, and in order (`bf`) so that the last one lasts; the first stands for all."""
    first = next(pictures)
    rate = min(Fraction(1000, first.lasts), Fraction(media_video.RATE))
    lasts: dict[int, int] = {}
    with media_video.create() as out:
        track = media_video.picture_track(out, size, rate, BEAT, bf="0")
        track.codec_context.colorspace = track.codec_context.color_primaries = media_video.BT709
        track.codec_context.color_trc = media_video.BT709
        for still in _with(first, pictures):
            lasts[still.start] = still.lasts
            out.mux(_timed(track.encode(_frame(still)), lasts))
        out.mux(_timed(track.encode(None), lasts))
    length = sum(lasts.values())
    shown = media_video.Shown(length / 1000, first.picture, lively=True)
    return media_video.present(order, "gifv", size, shown, Fraction(len(lasts) * 1000, length))


def _with(first: Still, others: Iterator[Still]) -> Iterator[Still]:
    """Put back in front the picture that was taken to look at."""
    yield first
    yield from others


def _frame(still: Still) -> Any:
    """Make the frame to encode, in the colours that the track announces."""
    frames: Any = av.VideoFrame
    frame = frames.from_image(still.picture).reformat(format="yuv420p", dst_colorspace="ITU709")
    frame.pts, frame.time_base = still.start, BEAT
    return frame


def _timed(packets: list[Any], lasts: dict[int, int]) -> list[Any]:
    """Say how long each picture lasts, which the encoder does not: the last one would end at once."""
    for packet in packets:
        packet.duration = lasts[packet.pts]
    return packets
