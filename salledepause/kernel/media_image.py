"""Still pictures, decoded then rebuilt from their pixels alone: nothing else of the file survives.

Runs in the decoding child. The order of the steps matters for time and memory: reduce while decoding, turn upright,
crop or scale, and only then convert colours to sRGB, since the embedded profile is dropped with the rest.
"""

import io
import struct
import warnings
from math import sqrt
from pathlib import Path
from typing import BinaryIO, Final

import blurhash
from PIL import Image, ImageCms, ImageFile, ImageOps

from salledepause.kernel import likeness, media_blur
from salledepause.kernel.media_formats import Made, Order, Picture, Refused

SMALL_AREA: Final = 230_400
"""Pixels of the small rendition: 640 x 360, as Mastodon's."""

PNG_BYTES: Final = 1536 * 1024
SMALL_PNG_BYTES: Final = 128 * 1024
"""A drawing stays PNG up to here; above, WebP shows the same for a tenth of the weight."""

Cut = tuple[float, float, float, float]
CUTS: Final[tuple[Cut, ...]] = (
    (0.0, 0.0, 0.0, 0.0),
    *((part, part, part, part) for part in (0.025, 0.05, 0.1)),
    *((0.05, 0.0, 0.0, 0.0), (0.0, 0.05, 0.0, 0.0), (0.0, 0.0, 0.05, 0.0), (0.0, 0.0, 0.0, 0.05)),
    *((0.05, 0.05, 0.0, 0.0), (0.0, 0.0, 0.05, 0.05), (0.05, 0.0, 0.0, 0.05), (0.0, 0.05, 0.05, 0.0)),
)
"""How a refused picture is cut, so that it is known when somebody cuts it: (left, top, right, bottom) parts of its sides."""

HASH_SIDE: Final = 32
HASH_TERMS: Final = (4, 3)

_ORIENTATION: Final = 0x0112
_UPRIGHT: Final = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
_BAD_EXIF: Final = (SyntaxError, ValueError, TypeError, KeyError, IndexError, OSError, OverflowError, struct.error)
_TONES: Final = 256
_OPAQUE: Final = 255


def decode(order: Order, source: BinaryIO) -> Made:
    """Decode one still picture and write its two renditions in the current folder.

    Raises `Refused`, or whatever Pillow raises on bytes that are no picture: the child then dies of it.
    """
    return finish(order, open_picture(order, source))


def open_picture(order: Order, source: BinaryIO) -> Image.Image:
    """Read the header alone, by the one decoder that the first bytes call for, and check the declared size.

    Raises `Refused("pixels")` above the bounds.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = order.pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture = Image.open(source, formats=[order.format.removeprefix("moving-")])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused("pixels") from error
    check_size(order, picture.size)
    return picture


def check_size(order: Order, size: tuple[int, int]) -> None:
    """Refuse a picture with too many pixels, or a side too long."""
    if size[0] * size[1] > order.pixels or max(size) > order.side:
        raise Refused("pixels")


def finish(order: Order, picture: Image.Image) -> Made:
    """Turn upright, crop or scale, clean the pixels, cover what is asked, then write `original`, `small` and the blurhash."""
    drawing = picture.format in ("PNG", "GIF") or order.loops
    if picture.format == "JPEG":
        wanted = order.square or order.max_side
        picture.draft(None, (wanted, wanted))
    clean = colours(fit(order, upright(picture)))
    media_blur.blur(clean, order.zones)
    small = shrink(clean)
    original = write(clean, Path("original"), PNG_BYTES if drawing else 0)
    kept = write(small, Path("small"), SMALL_PNG_BYTES if drawing else 0)
    return Made("image", original, kept, fingerprint(small), likenesses=likenesses(order, small))


def upright(picture: Image.Image) -> Image.Image:
    """Apply the EXIF orientation (tag 0x0112); unreadable EXIF counts as none."""
    try:
        orientation = picture.getexif().get(_ORIENTATION, 1)
    except _BAD_EXIF:
        orientation = 1
    turned = picture
    for step in _UPRIGHT.get(orientation, ()):
        turned = turned.transpose(step)
    return turned


def fit(order: Order, picture: Image.Image) -> Image.Image:
    """Crop to a centred square of the wanted side, or scale down to the longest side allowed."""
    smooth = _scalable(picture)
    if order.square:
        return ImageOps.fit(smooth, (order.square, order.square), Image.Resampling.LANCZOS)
    factor = order.max_side / max(smooth.size)
    return _scaled(smooth, factor)


def shrink(picture: Image.Image) -> Image.Image:
    """Scale down to the area of the small rendition, never up."""
    return _scaled(picture, sqrt(SMALL_AREA / (picture.width * picture.height)))


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    """Scale down by a factor; 1 and above leave the picture as it is."""
    if factor >= 1:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _scalable(picture: Image.Image) -> Image.Image:
    """Give pixels that can be averaged: indexed, one-bit, 16-bit and floating modes become 8-bit bands."""
    if picture.mode.startswith(("I", "F")):
        return _eight_bits(picture)
    if picture.mode in ("P", "PA", "LA", "La", "RGBa", "RGBX") or "transparency" in picture.info:
        return _keeping_profile(picture, "RGBA")
    if picture.mode in ("1", "HSV", "YCbCr"):
        return _keeping_profile(picture, "RGB")
    return picture


def _keeping_profile(picture: Image.Image, mode: str) -> Image.Image:
    """Convert the mode; the embedded profile stays beside the pixels until `colours` applies it."""
    converted = picture.convert(mode)
    converted.info["icc_profile"] = picture.info.get("icc_profile")
    return converted


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Keep the high byte of 16-bit grey, which only PNG and HEIF bring here."""
    return picture.convert("F").point(lambda level: level * (1 / _TONES) + 0).convert("L")


def colours(picture: Image.Image) -> Image.Image:
    """Convert to sRGB, opaque RGB or RGBA, and rebuild from the pixels: no profile, comment, EXIF or text remains."""
    alpha = picture.mode == "RGBA" and picture.getextrema()[-1] != (_OPAQUE, _OPAQUE)
    mode = "RGBA" if alpha else "RGB"
    converted = _through_profile(picture, mode).convert(mode)
    return Image.frombytes(mode, converted.size, converted.tobytes())


def _through_profile(picture: Image.Image, mode: str) -> Image.Image:
    """Apply the embedded ICC profile; one that is broken or made for other bands is ignored."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def write(picture: Image.Image, path: Path, most: int) -> Picture:
    """Encode what is opaque to JPEG, unless `most` bytes of PNG may be spent on a drawing; the rest to PNG or WebP.

    Transparency is kept: in PNG up to that many bytes (of the small rendition at least), in WebP above.
    """
    if picture.mode != "RGBA" and not most:
        kind, data = "image/jpeg", _encoded(picture, "JPEG", quality=85, optimize=True, progressive=True)
    else:
        kind, data = "image/png", _encoded(picture, "PNG", compress_level=6)
        if len(data) > max(most, SMALL_PNG_BYTES):
            kind, data = "image/webp", _encoded(picture, "WEBP", quality=88, method=3)
    path.write_bytes(data)
    return Picture(kind, *picture.size)


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Encode in memory: Pillow does not notice when a file could be written in part only (full disk, limit of size)."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def fingerprint(picture: Image.Image) -> str:
    """Blurhash of a picture, 4 x 3 terms, from a thumbnail over white (algorithm: blurha.sh)."""
    tiny = picture.convert("RGBA").resize((HASH_SIDE, HASH_SIDE), Image.Resampling.BOX)
    flat = Image.alpha_composite(Image.new("RGBA", tiny.size, "white"), tiny).convert("RGB").tobytes()
    rows = [[flat[at : at + 3] for at in range(row, row + HASH_SIDE * 3, 3)] for row in range(0, len(flat), HASH_SIDE * 3)]
    return str(blurhash.encode(rows, *HASH_TERMS))


def likenesses(order: Order, picture: Image.Image) -> list[str]:
    """Return what a picture looks like over white, and, where it is asked, what it looks like cut a little on each side."""
    ground = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")).convert("L")
    found = [_likeness(ground.crop(_cut(ground.size, cut))) for cut in (CUTS if order.cuts else CUTS[:1])]
    return [one for one in found if one]


def _cut(size: tuple[int, int], cut: Cut) -> tuple[int, int, int, int]:
    left, top, right, bottom = cut
    wide, high = size
    return (int(wide * left), int(high * top), max(int(wide * (1 - right)), 1), max(int(high * (1 - bottom)), 1))


def _likeness(greys: Image.Image) -> str:
    small = greys.resize((likeness.SIDE, likeness.SIDE), Image.Resampling.BOX)
    return likeness.likeness(small.tobytes())
