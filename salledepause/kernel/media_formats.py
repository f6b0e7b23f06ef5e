"""What a media file is, by its first bytes only, and the words the decoding child shares with its parent.

Names and declared types are never believed. Pure, and light to import: the child starts for every upload.
Signatures: JPEG (ITU-T T.81), PNG (RFC 2083), GIF89a, WebP (RFC 9649), HEIF/AVIF/MP4 (ISO/IEC 14496-12, `ftyp`),
WebM (EBML, RFC 8794).
"""

import re
from typing import Final, NamedTuple

HEAD: Final = 64
"""How many first bytes `sniff` wants to see."""

CLOCKED: Final = frozenset({"gif", "moving-webp", "mp4", "webm"})
"""Formats that hold many frames, and so get the time and processor allowance of a video."""

FILM: Final = "mp4"
"""What every film becomes."""

FILMS: Final = {FILM: "mov", "webm": "matroska"}
"""Formats of films as they come, and what libav calls the only reader each may have."""

_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_FILM_BRANDS: Final = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4V ", b"MSNV"}
    | {b"3gp4", b"3gp5", b"3gp6", b"3g2a", b"3g2b"},
)
_ANIMATED: Final = 0b10
_EBML: Final = b"\x1a\x45\xdf\xa3"


READY: Final = b"ready\n"
"""First line of the child's answer: from there on, a failure is the file's fault and no longer ours."""

_BASE83: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_BLURHASH: Final = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,166}")


class Order(NamedTuple):
    """What the parent asks of the child: a format already recognised, and the bounds to stay within.

    `memory` and `file_bytes` are bytes, `processor`, `wall` and `duration` seconds, `side` and `max_side` pixels.
    """

    format: str
    memory: int
    processor: int
    wall: float
    file_bytes: int
    pixels: int
    side: int
    frames: int
    duration: float
    max_side: int
    square: int | None
    loops: bool = False
    """Whether what moves stays a picture that loops, and a still a PNG."""
    cuts: bool = False
    """Whether its likeness is wanted cut in several ways too."""
    zones: tuple[tuple[float, float, float, float], ...] = ()
    """What to cover: (left, top, width, height) in shares of the sides of the picture, upright."""


class Picture(NamedTuple):
    """A file written by the child: its media type and its size in pixels."""

    content_type: str
    width: int
    height: int


class Made(NamedTuple):
    """What the child made; the files are always called `original` and `small`. Duration in seconds."""

    kind: str
    original: Picture
    small: Picture
    blurhash: str
    duration: float | None = None
    frame_rate: float | None = None
    likenesses: list[str] = []  # noqa: RUF012 - never changed
    """What it looks like (kernel/likeness.py); then, where the order asks for it, how it looks when it is cut."""


class Refused(Exception):
    """The child declines a file; the reason is a key of the parent's table of messages."""

    def __init__(self, reason: str) -> None:
        """Keep the key apart, so that nothing else is ever told to the parent."""
        super().__init__(reason)
        self.reason = reason


def is_blurhash(text: str) -> bool:
    """Whether a text is a blurhash of the length that its first sign declares (algorithm: blurha.sh); 4 + 2 x terms."""
    if not _BLURHASH.fullmatch(text):
        return False
    down, across = divmod(_BASE83.index(text[0]), 9)
    return len(text) == 4 + 2 * (across + 1) * (down + 1)


def sniff(head: bytes) -> str | None:
    """Name the format that these first bytes announce, or None when it is not one that we accept.

    Returns one of jpeg, png, gif, webp, moving-webp, heif, avif, mp4, webm.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    if head[4:8] == b"ftyp":
        return _boxed(head)
    return "webm" if head.startswith(_EBML) and b"webm" in head else None


def _webp(head: bytes) -> str:
    """Tell an animation from a still by the flag of the extended header (RFC 9649, section 2.7)."""
    animated = head[12:16] == b"VP8X" and len(head) > 20 and head[20] & _ANIMATED  # noqa: PLR2004 - byte of the flags
    return "moving-webp" if animated else "webp"


def _boxed(head: bytes) -> str | None:
    """Tell pictures from films by the brands of the `ftyp` box; the major brand speaks first."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    for brand in brands:
        if brand in _AVIF_BRANDS:
            return "avif"
        if brand in _HEIF_BRANDS:
            return "heif"
        if brand in _FILM_BRANDS:
            return FILM
    return None
