"""Films, decoded then encoded again as H.264 and AAC in an MP4 that says nothing of where or when it was made.

Runs in the decoding child. Pictures are turned upright, scaled and made progressive to load (`faststart`). When the machine is
too slow for a film that is already H.264, its packets are copied instead, without the supplemental units (SEI) where cameras
write places and dates. Container: ISO/IEC 14496-12 and -14; units: ITU-T H.264, 7.4.1.
"""

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import av
import av.bitstream
import av.filter
from PIL import Image, ImageStat

from salledepause.kernel import media_image
from salledepause.kernel.media_formats import FILMS, Made, Order, Picture, Refused

SIDE: Final = 1920
"""Longest side of a film once encoded."""

RATE: Final = 60
"""Most pictures a second of a film once encoded."""

THREADS: Final = 2
PATIENCE: Final = 10.0
"""Seconds of encoding before we judge whether it can end in time."""

SHARE: Final = 0.7
"""Part of the wall-clock allowance that encoding may take; the rest is for copying."""

LIVELY: Final = 12.0
POSTER_WITHIN: Final = 4.0
"""The poster is the first picture with this much contrast (deviation of grey, 0-127) in the first seconds, else the first."""

H264: Final = {"preset": "veryfast", "crf": "23", "maxrate": "6M", "bufsize": "12M", "a53cc": "0", "profile": "high"}
DECODERS: Final = (
    *("h264", "hevc", "vp8", "vp9", "libdav1d", "av1", "mpeg4", "h263", "mjpeg"),
    *(
        "aac",
        "mp3float",
        "mp3",
        "opus",
        "libopus",
        "vorbis",
        "libvorbis",
        "alac",
        "ac3",
        "amrnb",
        "amrwb",
        "pcm_s16le",
        "pcm_s16be",
    ),
)
"""The others of libav, hundreds of them for old and rare formats, are left to rest."""

SOUND_RATE: Final = 48_000
SOUND_BITS: Final = 128_000

_TURNS: Final[dict[int, tuple[tuple[str, str], ...]]] = {
    90: (("transpose", "cclock"),),
    -90: (("transpose", "clock"),),
    180: (("hflip", ""), ("vflip", "")),
    -180: (("hflip", ""), ("vflip", "")),
}
BT709: Final = 1
_HIGH_RANGE: Final = (16, 18)
"""Transfer functions of high dynamic range, PQ and HLG (ITU-T H.273, table 3)."""

_TO_PLAIN_COLOURS: Final = ":out_transfer=bt709:out_primaries=bt709:out_color_matrix=bt709"
_COPIABLE: Final = ("yuv420p", "yuvj420p")
_NO_SEI: Final = "filter_units=remove_types=6"
_MICROSECONDS: Final = 1_000_000


class TooSlow(Exception):
    """Encoding would outlast what we allow."""


class Film(NamedTuple):
    """What the first picture tells. `size` in pixels as shown, once upright; `duration` in seconds, 0 when unknown."""

    first: Any
    size: tuple[int, int]
    turn: int
    rate: Fraction
    duration: float
    copiable: bool


class Tracks(NamedTuple):
    """The tracks read, what shapes their frames, and the tracks written."""

    pictures: Any
    graph: Any
    film: Any
    sounds: Any
    resampler: Any
    sound: Any


class Shown(NamedTuple):
    """What was written: length in seconds, the picture that stands for the film, and whether one sees something in it."""

    duration: float
    poster: Image.Image
    lively: bool


def decode(order: Order, source: BinaryIO) -> Made:
    """Decode a film and write its two renditions in the current folder.

    Raises `Refused`, or whatever libav raises on bytes that are no film: the child then dies of it.
    """
    film = examine(order, source)
    try:
        shown = encode(order, source, film)
        size = target(film.size, min(SIDE, order.max_side))
    except TooSlow:
        shown = copy(order, source, film)
        size = film.size
    return present(order, "video", size, shown, film.rate)


def present(order: Order, kind: str, size: tuple[int, int], shown: Shown, rate: Fraction) -> Made:
    """Write the poster and describe both renditions."""
    small = media_image.shrink(shown.poster)
    picture = media_image.write(small, Path("small"), 0)
    marks = (media_image.fingerprint(small), round(shown.duration, 3), round(float(rate), 3))
    return Made(kind, Picture("video/mp4", *size), picture, *marks, media_image.likenesses(order, small))


def read(order: Order, source: BinaryIO) -> Any:
    """Open a film with the one reader of its format, from its first byte."""
    source.seek(0)
    options = {"codec_whitelist": ",".join(DECODERS)}
    return av.open(source, mode="r", format=FILMS[order.format], options=options, metadata_errors="ignore")


def create() -> Any:
    """Open the MP4 to write: `moov` first, no mark of the encoder."""
    made: Any = av.open("original", mode="w", format="mp4", options={"movflags": "+faststart"})
    made.flags |= av.container.Flags.bitexact.value
    return made


def examine(order: Order, source: BinaryIO) -> Film:
    """Read the tables and the first picture; refuse what is too large, too long, or has no picture."""
    with read(order, source) as container:
        video = picture_stream(container)
        media_image.check_size(order, (video.codec_context.width, video.codec_context.height))
        duration = (container.duration or 0) / _MICROSECONDS
        if duration > order.duration:
            raise Refused("duration")
        video.thread_count = THREADS
        first = next(container.decode(video), None)
        if first is None:
            raise Refused("no_picture")
        return _film(video, first, duration)


def picture_stream(container: Any) -> Any:
    """Find the first video track that is not a cover picture."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic and decodable(stream):
            return stream
    raise Refused("no_picture")


def decodable(stream: Any) -> bool:
    """Whether a track is for one of the few decoders that telephones and browsers make us need."""
    return stream.codec_context is not None and stream.codec_context.name in DECODERS


def _film(video: Any, first: Any, duration: float) -> Film:
    """Gather what encoding needs to know."""
    ratio = video.sample_aspect_ratio or Fraction(1)
    width = max(1, round(first.width * ratio)) if Fraction(1, 4) < ratio < Fraction(4) else first.width
    turn = round(first.rotation / 90) * 90
    size = (first.height, width) if turn in (90, -90) else (width, first.height)
    rate = video.average_rate or video.guessed_rate or Fraction(25)
    copiable = video.codec_context.name == "h264" and first.format.name in _COPIABLE and ratio == 1
    return Film(first, size, turn, min(Fraction(rate), Fraction(RATE)), duration, copiable)


def target(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Scale down to the longest side, to even sides as 4:2:0 pictures want."""
    factor = min(1.0, longest / max(size))
    return (max(2, round(size[0] * factor / 2) * 2), max(2, round(size[1] * factor / 2) * 2))


def picture_track(out: Any, size: tuple[int, int], rate: Fraction, beat: Fraction, **options: str) -> Any:
    """Add the H.264 track; `beat` is the unit of its timestamps, in seconds, `options` the encoder's."""
    track = out.add_stream("libx264", rate=rate, options={**H264, **options})
    track.width, track.height = size
    track.pix_fmt = "yuv420p"
    track.codec_context.time_base = beat
    track.codec_context.thread_count = THREADS
    return track


def shaper(film: Film, size: tuple[int, int]) -> Any:
    """Build the chain of filters that turns, scales and slows the pictures of a film, and makes them plain 8-bit 4:2:0."""
    graph = av.filter.Graph()
    scale = f"{size[0]}:{size[1]}:flags=bicubic" + (_TO_PLAIN_COLOURS if film.first.color_trc in _HIGH_RANGE else "")
    steps = [*_TURNS.get(film.turn, ()), ("scale", scale), ("setsar", "1")]
    steps += [("fps", str(RATE))] if film.rate >= RATE else []
    steps += [("format", "yuv420p"), ("buffersink", "")]
    first = film.first
    start = graph.add_buffer(width=first.width, height=first.height, format=first.format, time_base=first.time_base)
    graph.link_nodes(start, *(graph.add(name, options or None) for name, options in steps)).configure()
    return graph


def lay(container: Any, out: Any, film: Film, size: tuple[int, int]) -> Tracks:
    """Add one track of pictures, and one of sound when there is one that we can read."""
    pictures = picture_stream(container)
    pictures.thread_count = THREADS
    graph = shaper(film, size)
    track = picture_track(out, size, film.rate, Fraction(1, RATE) if film.rate >= RATE else film.first.time_base)
    plain = film.first.color_trc in _HIGH_RANGE
    for tag in ("colorspace", "color_primaries", "color_trc"):
        setattr(track.codec_context, tag, BT709 if plain else getattr(film.first, tag))
    return Tracks(pictures, graph, track, *lay_sound(container, out))


def lay_sound(container: Any, out: Any) -> tuple[Any, Any, Any]:
    """Add a stereo AAC track for the first readable sound; three times None when there is none."""
    sounds = next((stream for stream in container.streams.audio if decodable(stream)), None)
    if sounds is None:
        return None, None, None
    track = out.add_stream("aac", rate=SOUND_RATE, layout="stereo")
    track.bit_rate = SOUND_BITS
    return sounds, av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE), track


def encode(order: Order, source: BinaryIO, film: Film) -> Shown:
    """Encode the whole film again. Raises `TooSlow` once it shows that it would not end in time."""
    started = time.monotonic()
    shown = None
    with read(order, source) as container, create() as out:
        tracks = lay(container, out, film, target(film.size, min(SIDE, order.max_side)))
        for frame in shaped(container, tracks):
            if isinstance(frame, av.AudioFrame):
                out.mux(tracks.sound.encode(frame))
                continue
            check_pace(order, film, frame.time, time.monotonic() - started)
            shown = glance(shown, frame, film.rate)
            out.mux(tracks.film.encode(frame))
        for track in filter(None, (tracks.film, tracks.sound)):
            out.mux(track.encode(None))
    if shown is None:
        raise Refused("no_picture")
    return shown


def shaped(container: Any, tracks: Tracks) -> Iterator[Any]:
    """Decode in the order of the file; give pictures and sounds in the shape that the encoders take."""
    for packet in container.demux(*filter(None, (tracks.pictures, tracks.sounds))):
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                yield from _through(tracks.graph, frame)
            elif tracks.resampler:
                yield from tracks.resampler.resample(frame)
    yield from _through(tracks.graph, None)
    if tracks.resampler:
        yield from tracks.resampler.resample(None)


def _through(graph: Any, frame: Any) -> Iterator[Any]:
    """Push one picture into the filters (None: the end), give those that come out."""
    graph.vpush(frame)
    while True:
        try:
            yield graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def check_pace(order: Order, film: Film, reached: float, spent: float) -> None:
    """Refuse a film longer than it said; give up encoding when it would take more than its share of the time."""
    if reached > order.duration + 1:
        raise Refused("duration")
    share = order.wall * SHARE
    if spent < min(PATIENCE, share):
        return
    done = reached / film.duration if film.duration else 0.0
    if spent > share or spent > share * done:
        raise TooSlow


def glance(shown: Shown | None, frame: Any, rate: Fraction) -> Shown:
    """Follow the length of the film, and keep the first picture in which there is something to see."""
    end = (frame.time or 0.0) + float(1 / rate)
    if shown and (shown.lively or end > POSTER_WITHIN):
        return shown._replace(duration=max(end, shown.duration))
    picture = frame.to_image()
    lively = ImageStat.Stat(picture.convert("L").reduce(8)).stddev[0] > LIVELY
    return Shown(end, shown.poster if shown and not lively else picture, lively)


def copy(order: Order, source: BinaryIO, film: Film) -> Shown:
    """Copy the pictures of an H.264 film as they are, but for their supplemental units; encode the sound alone.

    Raises `Refused("effort")` for any other film: it would have to be encoded, and that takes too long here.
    """
    if not film.copiable:
        raise Refused("effort")
    with read(order, source) as container, create() as out:
        pictures = picture_stream(container)
        track = out.add_stream_from_template(pictures, opaque=True)
        cleaner = av.bitstream.BitStreamFilterContext(_NO_SEI, pictures, track)
        sounds, resampler, sound = lay_sound(container, out)
        for packet in container.demux(*filter(None, (pictures, sounds))):
            if packet.stream is pictures:
                out.mux(_cleaned(cleaner, packet, track))
                continue
            for frame in packet.decode():
                out.mux([coded for piece in resampler.resample(frame) for coded in sound.encode(piece)])
        if sound:
            out.mux(sound.encode(None))
    return Shown(film.duration, upright(film), lively=True)


def _cleaned(cleaner: av.bitstream.BitStreamFilterContext, packet: Any, track: Any) -> list[Any]:
    """Pass one packet (an empty one: the end) through the filter, addressed to the track written."""
    beat = packet.stream.time_base
    cleaned = cleaner.filter(packet if packet.dts is not None else None)
    for one in cleaned:
        one.stream, one.time_base = track, beat
    return cleaned


def upright(film: Film) -> Image.Image:
    """Turn the first picture as players will, who obey the matrix that is copied with the track."""
    turns = {90: Image.Transpose.ROTATE_90, -90: Image.Transpose.ROTATE_270}
    picture: Image.Image = film.first.to_image()
    turn = turns.get(film.turn, Image.Transpose.ROTATE_180 if film.turn else None)
    return picture.transpose(turn) if turn is not None else picture
