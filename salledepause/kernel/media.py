"""The one way in for pictures and films: decoded by a child process under limits, cleaned, written anew.

Nothing that a person sends is kept or served as it came. `decode` recognises a file by its first bytes, starts a child that
decodes and encodes it again without any metadata, and checks all that the child says. Whatever goes wrong there, the caller
gets `Undecodable` (or `TooLarge`), whose text is French, safe to show, and says what to do; what the child wrote before
failing is joined as a note, for logs only.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Literal, NamedTuple

import msgspec

from salledepause.kernel.likeness import DIGITS
from salledepause.kernel.media_formats import CLOCKED, FILM, FILMS, HEAD, READY, Order, is_blurhash, sniff

MEBIBYTE: Final = 1024 * 1024

_CHILD: Final = "salledepause.kernel.media_child"
_IMPORT_ROOT: Final = Path(__file__).resolve().parents[2]
_ANSWER_BYTES: Final = 4096
_LOG_BYTES: Final = 2000
SMALL_SIDE: Final = 640
"""Longest side, in pixels, of what is only looked at."""

_SUFFIXES: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4"}
_FORMATS: Final = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp", "video/mp4": FILM}
_KINDS: Final = {**dict.fromkeys(FILMS, ("video",)), "gif": ("image", "gifv"), "moving-webp": ("image", "gifv")}

_UNREADABLE: Final = "Ce fichier n'est pas une image lisible. Formats acceptés : JPEG, PNG, WebP, GIF, HEIC, AVIF, MP4, WebM."
_REFUSALS: Final = {
    "pixels": "Cette image est trop grande : {pixels} millions de pixels au plus. Réduisez-la, puis recommencez.",
    "frames": "Cette animation est trop longue : {frames} images au plus. Raccourcissez-la, puis recommencez.",
    "duration": "Cette vidéo est trop longue : {minutes} minutes au plus. Coupez-la, puis recommencez.",
    "effort": "Ce fichier demande trop de calcul. Enregistrez-le en plus petit, puis recommencez.",
    "bytes": "Ce fichier est trop lourd : {mebibytes} Mio au plus. Réduisez-le, puis recommencez.",
}
_NO_PICTURE: Final = "Ce fichier ne contient pas d'image. Envoyez une photo, un dessin ou une vidéo."
_NO_FILM: Final = "Il faut ici une petite image. Formats acceptés : PNG, WebP, GIF, JPEG, HEIC, AVIF."
_NOT_STILL: Final = "Il faut ici une image fixe. Formats acceptés : JPEG, PNG, WebP, GIF, HEIC, AVIF."


class Undecodable(ValueError):
    """A file that we cannot or will not decode; the message is a French template that `values` fill, shown to the person."""

    def __init__(self, message: str, **values: object) -> None:
        """Keep the template, so that the doors can translate it."""
        super().__init__(message.format(**values))
        self.message = message
        self.values = values


class TooLarge(Undecodable):
    """A file that is beyond our limits: bytes, pixels, pictures, length, or the work it asks for."""


class BrokenChildError(RuntimeError):
    """The child did not reach the file: the installation is at fault, or the memory limit. Never shown."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one decoding. `*_bytes` and `memory` in bytes, `*_wall`, `*_processor` and `duration` in seconds.

    `pixels` and `side` bound the size declared by the file, `frames` the pictures of an animation. The clocks of films
    also hold for GIF and moving WebP.
    """

    image_bytes: int = 16 * MEBIBYTE
    film_bytes: int = 99 * MEBIBYTE
    pixels: int = 33_177_600
    side: int = 16_384
    frames: int = 1_200
    duration: float = 900
    memory: int = 1536 * MEBIBYTE
    image_processor: int = 20
    image_wall: float = 30
    film_processor: int = 600
    film_wall: float = 400


class Rendition(msgspec.Struct, frozen=True):
    """A clean file in the work folder; the caller moves it where it is kept. Size in pixels."""

    path: Path
    content_type: str
    width: int
    height: int


class Decoded(msgspec.Struct, frozen=True):
    """What a file became. `kind` is image, gifv (a silent loop) or video; `duration` is in seconds, None for an image."""

    kind: str
    original: Rendition
    small: Rendition
    blurhash: str
    duration: float | None
    frame_rate: float | None
    likenesses: tuple[str, ...] = ()
    """What it, or its still, looks like (kernel/likeness.py), none when it is too even; then cut, where that was asked."""


DEFAULT_LIMITS: Final = Limits()

_Side = Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class _Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    content_type: Literal["image/jpeg", "image/png", "image/webp", "video/mp4"]
    width: _Side
    height: _Side


class _Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Literal["image", "gifv", "video"]
    original: _Picture
    small: _Picture
    blurhash: Annotated[str, msgspec.Meta(max_length=200)]
    duration: Annotated[float, msgspec.Meta(ge=0)] | None
    frame_rate: Annotated[float, msgspec.Meta(ge=0)] | None
    likenesses: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=f"^[0-9a-f]{{{DIGITS}}}$")], ...], msgspec.Meta(max_length=16)
    ] = ()


class _Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    refused: Literal["pixels", "frames", "duration", "effort", "no_picture"]


async def decode(
    source: Path,
    folder: Path,
    limits: Limits = DEFAULT_LIMITS,
    *,
    max_side: int = 3840,
    square: int | None = None,
) -> Decoded:
    """Decode and clean a file; the renditions are written in `folder`, under names of our own, and belong to the caller.

    `max_side` bounds the longest side of the result, in pixels; `square` asks for a still of that side, cropped to its
    centre. Raises `Undecodable`, `TooLarge`; OSError when the folder cannot be written. Nothing is left after a refusal.
    """
    name = _recognise(source, limits)
    if square and name in FILMS:
        raise Undecodable(_NOT_STILL)
    return await _decoded(_order(name, limits, max_side, square), source, folder)


async def likenesses(source: Path, folder: Path, limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
    """Return what a picture, or the still of a film, looks like, whole and cut in several ways; nothing is left in `folder`.

    Raises the same as `decode`.
    """
    order = _order(_recognise(source, limits), limits, SMALL_SIDE, None)._replace(cuts=True)
    decoded = await _decoded(order, source, folder)
    for one in (decoded.original, decoded.small):
        one.path.unlink()
    return decoded.likenesses


async def blur(source: Path, folder: Path, zones: Sequence[tuple[float, float, float, float]]) -> Decoded:
    """Decode a still of ours and write it anew, as large, some of it covered for good (kernel/media_blur.py).

    `zones` are (left, top, width, height) in shares of its sides. Raises the same as `decode`.
    """
    name = _recognise(source, DEFAULT_LIMITS)
    if name in CLOCKED:
        raise Undecodable(_NOT_STILL)
    return await _decoded(_order(name, DEFAULT_LIMITS, DEFAULT_LIMITS.side, None)._replace(zones=tuple(zones)), source, folder)


async def decode_loop(source: Path, folder: Path, limits: Limits = DEFAULT_LIMITS, *, max_side: int) -> Decoded:
    """Decode and clean a small picture as `decode` does, but what moves stays a picture.

    A still becomes a PNG, what moves a WebP that loops (`original`) and a PNG of its beginning (`small`). Raises the same.
    """
    name = _recognise(source, limits)
    if name in FILMS:
        raise Undecodable(_NO_FILM)
    return await _decoded(_order(name, limits, max_side, None)._replace(loops=True), source, folder)


async def _decoded(order: Order, source: Path, folder: Path) -> Decoded:
    with _desk(source, folder) as desk:
        try:
            answer = await _run(order, desk)
            return _accept(answer, order, desk.booth, folder)
        except Undecodable as refusal:
            refusal.add_note(_tail(desk.log))
            raise


class _Desk(NamedTuple):
    """What parent and child share: the source, what the child says, what it complains of, the one folder it sees.

    The two middle ones have no name on the disk: no child can put something else in their place.
    """

    source: BinaryIO
    answer: BinaryIO
    log: BinaryIO
    booth: Path


@contextlib.contextmanager
def _desk(source: Path, folder: Path) -> Iterator[_Desk]:
    """Open a desk, and leave nothing of it."""
    booth = Path(tempfile.mkdtemp(prefix="decoding-", dir=folder)).resolve()
    try:
        with source.open("rb") as file, tempfile.TemporaryFile(dir=folder) as answer, tempfile.TemporaryFile(dir=folder) as log:
            yield _Desk(file, answer, log, booth)
    finally:
        shutil.rmtree(booth, ignore_errors=True)


def _recognise(source: Path, limits: Limits) -> str:
    """Name the format, and refuse at once what is unknown or weighs too much."""
    with source.open("rb") as file:
        name = sniff(file.read(HEAD))
        size = os.fstat(file.fileno()).st_size
    if name is None:
        raise Undecodable(_UNREADABLE)
    most = limits.film_bytes if name in FILMS else limits.image_bytes
    if size > most:
        raise TooLarge(_REFUSALS["bytes"], mebibytes=most // MEBIBYTE)
    return name


def _order(name: str, limits: Limits, max_side: int, square: int | None) -> Order:
    """Fit the limits to the format: what moves has more time than a still."""
    clocked = name in CLOCKED
    return Order(
        format=name,
        memory=limits.memory,
        processor=limits.film_processor if clocked else limits.image_processor,
        wall=limits.film_wall if clocked else limits.image_wall,
        file_bytes=limits.film_bytes,
        pixels=limits.pixels,
        side=limits.side,
        frames=limits.frames,
        duration=limits.duration,
        max_side=max_side,
        square=square,
    )


async def _run(order: Order, desk: _Desk) -> bytes:
    """Run the child to its end, or kill it and all it started; what it answered, at most a few kilobytes."""
    child = await _start(order, desk)
    try:
        async with asyncio.timeout(order.wall):
            status = await child.wait()
    except TimeoutError:
        raise TooLarge(_REFUSALS["effort"]) from None
    finally:
        await _end(child)
    answer = os.pread(desk.answer.fileno(), _ANSWER_BYTES, 0)
    if not answer.startswith(READY):
        raise BrokenChildError(_tail(desk.log))
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TooLarge(_REFUSALS["effort"])
    if status:
        raise Undecodable(_UNREADABLE)
    return answer.removeprefix(READY)


async def _start(order: Order, desk: _Desk) -> asyncio.subprocess.Process:
    """Start the child with nothing of ours: no environment, no terminal, no open file but those of the desk."""
    asked = msgspec.json.encode(order._asdict()).decode()
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-E", "-s", "-m", _CHILD, asked, str(desk.booth)),
        stdin=desk.source,
        stdout=desk.answer,
        stderr=desk.log,
        cwd=_IMPORT_ROOT,
        env={},
        start_new_session=True,
    )


async def _end(child: asyncio.subprocess.Process) -> None:
    """Kill what is left of the child's group, and wait for the child."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    await child.wait()


def _accept(answer: bytes, order: Order, booth: Path, folder: Path) -> Decoded:
    """Believe nothing of the answer before it is checked; move the files out of the booth under new names."""
    made = _parse(answer)
    if isinstance(made, _Refused):
        raise _refusal(made.refused, order)
    if not _consistent(made, order):
        raise Undecodable(_UNREADABLE)
    name = secrets.token_hex(8)
    kept = (_keep(made.original, booth / "original", order), _keep(made.small, booth / "small", order))
    original, small = (_move(rendition, folder / f"{name}-{rendition.path.name}") for rendition in kept)
    return Decoded(made.kind, original, small, made.blurhash, made.duration, made.frame_rate, made.likenesses)


def _parse(answer: bytes) -> _Made | _Refused:
    """Read the answer as one of the two forms it may have."""
    try:
        if answer.startswith(b'{"refused"'):
            return msgspec.json.decode(answer, type=_Refused)
        return msgspec.json.decode(answer, type=_Made)
    except msgspec.DecodeError:
        raise Undecodable(_UNREADABLE) from None


def _refusal(reason: str, order: Order) -> Undecodable:
    """Turn the child's reason into words."""
    if reason == "no_picture":
        return Undecodable(_NO_PICTURE)
    minutes, pixels = max(1, round(order.duration / 60)), order.pixels // 1_000_000
    return TooLarge(_REFUSALS[reason], minutes=minutes, pixels=pixels, frames=order.frames)


def _consistent(made: _Made, order: Order) -> bool:
    """Whether the answer can be that of this order."""
    film = made.kind != "image"
    return (
        made.kind in _KINDS.get(order.format, ("image",))
        and (made.original.content_type == "video/mp4") == film
        and made.small.content_type != "video/mp4"
        and film == (made.duration is not None)
        and (not order.square or made.original.width == made.original.height == order.square)
        and is_blurhash(made.blurhash)
    )


def _keep(picture: _Picture, path: Path, order: Order) -> Rendition:
    """Check that a file of the booth is a plain one, of a fair weight, and starts like what it is said to be."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            about, name = os.fstat(file.fileno()), sniff(file.read(HEAD))
    except OSError:
        raise Undecodable(_UNREADABLE) from None
    plain = stat.S_ISREG(about.st_mode) and about.st_nlink == 1
    if not plain or not 0 < about.st_size <= order.file_bytes or not _announced(name, picture, order):
        raise Undecodable(_UNREADABLE)
    return Rendition(path, picture.content_type, picture.width, picture.height)


def _announced(name: str | None, picture: _Picture, order: Order) -> bool:
    """Whether the first bytes of a file are of the format that it is said to have."""
    return name == _FORMATS[picture.content_type] or (
        order.loops and (name, picture.content_type) == ("moving-webp", "image/webp")
    )


def _move(rendition: Rendition, path: Path) -> Rendition:
    """Give a rendition its name in the work folder."""
    final = path.with_name(f"{path.name}.{_SUFFIXES[rendition.content_type]}")
    rendition.path.replace(final)
    return msgspec.structs.replace(rendition, path=final)


def _tail(log: BinaryIO) -> str:
    """Read the end of what the child complained of."""
    size = os.fstat(log.fileno()).st_size
    return os.pread(log.fileno(), _LOG_BYTES, max(0, size - _LOG_BYTES)).decode(errors="replace")
