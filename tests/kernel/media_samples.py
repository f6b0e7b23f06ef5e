"""Files made by program, as telephones and drawing tools make them: the marker hides wherever a format has room for it."""

from __future__ import annotations

import io
import resource
import struct
import zlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.bitstream
import pillow_heif
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

MARKER = "MARQUEUR-GPS!"
RAW = MARKER.encode()
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><d gps="{MARKER}"/></rdf:RDF></x:xmpmeta>'.encode()
PLACE = "+48.8500+002.3500/"

pillow_heif.register_heif_opener()


def processor_of_children() -> float:
    """Seconds that children which have ended computed: the same however busy the machine is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def drawing(size: tuple[int, int] = (120, 80), mode: str = "RGB") -> Image.Image:
    """A picture whose four corners differ: red, green, blue, white (clockwise from the top left)."""
    picture = Image.new("RGB", size, "grey")
    pen = ImageDraw.Draw(picture)
    right, bottom = size[0] // 2, size[1] // 2
    pen.rectangle((0, 0, right - 1, bottom - 1), fill="red")
    pen.rectangle((right, 0, size[0], bottom - 1), fill="lime")
    pen.rectangle((right, bottom, size[0], size[1]), fill="blue")
    pen.rectangle((0, bottom, right - 1, size[1]), fill="white")
    return picture.convert(mode)


def see_through(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """The same, with a hole in its middle."""
    picture = drawing(size, "RGBA")
    ImageDraw.Draw(picture).rectangle((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill=(0, 0, 0, 0))
    return picture


def exif(orientation: int = 1) -> Image.Exif:
    """Where, when, with which camera, by whom."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F], tags[0x0131], tags[0x013B] = f"Make {MARKER}", f"Soft {MARKER}", f"Artist {MARKER}"
    inner = tags.get_ifd(0x8769)
    inner[0xA431], inner[0x9003], inner[0x9286] = f"Serial {MARKER}", "2024:01:02 03:04:05", f"ASCII\0\0\0{MARKER}"
    place = tags.get_ifd(0x8825)
    place[1], place[2], place[3], place[4], place[0x1B] = "N", (48.0, 51.0, 3.0), "E", (2.0, 21.0, 7.0), RAW
    return tags


def profile() -> bytes:
    """An sRGB profile whose description is the marker and whose red and blue are exchanged."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    title = "sRGB built-in".encode("utf-16-be")
    at = data.index(title)
    data[at : at + len(title)] = MARKER.encode("utf-16-be")
    red, blue = data.index(b"rXYZ"), data.index(b"bXYZ")
    data[red : red + 4], data[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(data)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Encode with Pillow."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int, depth: int = 1, colour: int = 0) -> bytes:
    """Signature and first chunk of PNG."""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def png_text() -> PngImagePlugin.PngInfo:
    """All three sorts of PNG text."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", MARKER)
    text.add_text("Place", MARKER * 4, zip=True)
    text.add_itxt("Title", MARKER, lang="fr", tkey="Titre")
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return text


def moving(count: int = 6, size: tuple[int, int] = (61, 41)) -> list[Image.Image]:
    """Pictures of an animation, with odd sides."""
    pictures = [Image.new("RGBA", size, (0, 0, 0, 0)) for _ in range(count)]
    for number, picture in enumerate(pictures):
        ImageDraw.Draw(picture).ellipse((number * 4, number * 3, number * 4 + 20, number * 3 + 20), fill=(255, 80, 0, 255))
    return pictures


def animated(kind: str, delays: Sequence[int], **options: Any) -> bytes:
    """Encode an animation; delays in milliseconds."""
    pictures = moving(len(delays))
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=list(delays), loop=0, **options)


CODECS: dict[str, tuple[str, str, int, dict[str, str]]] = {
    "mp4": ("libx264", "aac", 44_100, {"preset": "ultrafast"}),
    "webm": ("libvpx", "libopus", 48_000, {"deadline": "realtime"}),
    "matroska": ("ffv1", "flac", 44_100, {}),
}


def film(
    path: Path,
    *,
    size: tuple[int, int] = (160, 120),
    pictures: int = 25,
    rate: int = 25,
    turn: int | None = None,
    kind: str = "mp4",
    units: bool = False,
) -> bytes:
    """Make a film with a silent track and the marker in its tables, and in its bitstream when `units`; H.264, or VP8 in WebM."""
    options = {"movflags": "use_metadata_tags"} if kind == "mp4" else {}
    with av.open(str(path), "w", format=kind, options=options) as out:
        out.metadata.update(location=PLACE, comment=MARKER, title=MARKER, creation_time="2024-01-02T03:04:05Z")
        out.metadata["com.apple.quicktime.location.ISO6709"] = f"{PLACE}{MARKER}"
        pictured, heard, tone, haste = CODECS.get(kind, CODECS["mp4"])
        video: Any = out.add_stream(pictured, rate=rate, options=haste)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.metadata["handler_name"] = MARKER
        if turn is not None:
            video.set_display_rotation(turn)
        sound: Any = out.add_stream(heard, rate=tone, layout="mono")
        mark = _marking(video) if units else list
        for number in range(pictures):
            out.mux(mark(video.encode(_picture(size, number, rate))))
            out.mux(sound.encode(_silence(number, 44_100 // rate)))
        out.mux(mark(video.encode(None)))
        out.mux(sound.encode(None))
    return path.read_bytes()


def sound(path: Path) -> bytes:
    """Make an MP4 that has nothing to show."""
    with av.open(str(path), "w", format="mp4") as out:
        track: Any = out.add_stream("aac", rate=44_100, layout="mono")
        for number in range(20):
            out.mux(track.encode(_silence(number, 1024)))
        out.mux(track.encode(None))
    return path.read_bytes()


def _marking(video: Any) -> Callable[[list[Any]], list[Any]]:
    """A filter that writes the marker in supplemental units, as some cameras write the place."""

    def mark(packets: list[Any]) -> list[Any]:
        unit = bytes([6, 5, 16 + len(RAW)]) + bytes(range(16)) + RAW + b"\x80"
        marked = []
        for packet in packets:
            again = av.Packet(b"\0\0\0\1" + unit + bytes(packet))
            again.pts, again.dts, again.time_base, again.stream = packet.pts, packet.dts, packet.time_base, video
            again.is_keyframe = packet.is_keyframe
            marked.append(again)
        return marked

    return mark


def _picture(size: tuple[int, int], number: int, rate: int) -> Any:
    frames: Any = av.VideoFrame
    picture = drawing(size)
    middle = size[0] // 2 + number
    ImageDraw.Draw(picture).ellipse((middle - 9, size[1] // 2 - 9, middle + 9, size[1] // 2 + 9), fill="yellow")
    frame = frames.from_image(picture)
    frame.pts, frame.time_base = number, Fraction(1, rate)
    return frame


def _silence(number: int, samples: int) -> Any:
    frame = av.AudioFrame(format="fltp", layout="mono", samples=samples)
    frame.sample_rate, frame.pts, frame.time_base = 44_100, number * samples, Fraction(1, 44_100)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame


def _jpegs() -> dict[str, bytes]:
    thumbnail = saved(drawing((32, 24)), "JPEG", comment=RAW)
    photo = saved(drawing(), "JPEG", exif=exif())
    return {
        "jpeg-exif": photo,
        "jpeg-turned": saved(drawing(), "JPEG", exif=exif(6)),
        "jpeg-thumbnail": photo[:2] + _segment(0xE2, b"MPF\0" + thumbnail) + photo[2:],
        "jpeg-xmp": saved(drawing(), "JPEG", xmp=XMP),
        "jpeg-comment": saved(drawing(), "JPEG", comment=RAW),
        "jpeg-icc": saved(drawing(), "JPEG", icc_profile=profile()),
        "jpeg-iptc": photo[:2] + _segment(0xED, b"Photoshop 3.0\0" + RAW) + photo[2:],
        "jpeg-trailer": saved(drawing(), "JPEG") + RAW,
        "jpeg-grey": saved(drawing(mode="L"), "JPEG", exif=exif(), comment=RAW),
        "jpeg-cmyk": saved(drawing(mode="CMYK"), "JPEG", exif=exif()),
        "jpeg-broken-exif": photo[:2] + _segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + RAW) + saved(drawing(), "JPEG")[2:],
        "mpo": saved(drawing(), "MPO", save_all=True, append_images=[drawing()], exif=exif()),
    }


def _segment(number: int, data: bytes) -> bytes:
    """One segment of JPEG."""
    return bytes([0xFF, number]) + struct.pack(">H", len(data) + 2) + data


def _pngs() -> dict[str, bytes]:
    wide = Image.frombytes("I;16", (64, 64), b"".join(struct.pack("<H", value * 16) for value in range(4096)))
    return {
        "png-text": saved(drawing(), "PNG", pnginfo=png_text()),
        "png-exif": saved(drawing(), "PNG", exif=exif(3)),
        "png-icc": saved(drawing(), "PNG", icc_profile=profile(), pnginfo=png_text()),
        "png-alpha": saved(see_through(), "PNG", pnginfo=png_text(), exif=exif()),
        "png-palette": saved(drawing(mode="P"), "PNG", pnginfo=png_text(), transparency=0),
        "png-16-bits": saved(wide, "PNG", pnginfo=png_text()),
        "png-16-bits-key": saved(wide, "PNG", pnginfo=png_text(), transparency=0),
        "png-colour-key": saved(drawing(), "PNG", pnginfo=png_text(), transparency=(255, 0, 0)),
        "png-one-bit": saved(drawing(mode="1"), "PNG", pnginfo=png_text()),
        "png-trailer": saved(drawing(), "PNG") + RAW,
        "apng": animated("PNG", [50] * 4, pnginfo=png_text()),
    }


def _others() -> dict[str, bytes]:
    marks: dict[str, Any] = {"exif": exif(), "xmp": XMP}
    return {
        "webp": saved(drawing(), "WEBP", **marks, icc_profile=profile()),
        "webp-alpha": saved(see_through(), "WEBP", lossless=True, **marks),
        "webp-moving": animated("WEBP", [40] * 5, **marks),
        "gif": saved(drawing(mode="P"), "GIF", comment=RAW),
        "gif-moving": animated("GIF", [50, 60, 70, 80], comment=RAW, disposal=2),
        "heic": saved(drawing(), "HEIF", exif=exif().tobytes(), xmp=XMP),
        "heic-icc": saved(drawing(), "HEIF", icc_profile=profile(), exif=exif().tobytes()),
        "avif": saved(drawing(), "AVIF", exif=exif(), xmp=XMP),
        "avif-alpha": saved(see_through(), "AVIF", exif=exif()),
    }


def _films(folder: Path) -> dict[str, bytes]:
    path = folder / "sample"
    plain = film(path)
    extra = struct.pack(">I4s16s", 24 + len(XMP), b"uuid", bytes(range(16))) + XMP
    return {
        "mp4": plain,
        "mp4-turned": film(path, turn=-90),
        "mp4-units": film(path, units=True),
        "mov": film(path, kind="mov"),
        "webm": film(path, kind="webm"),
        "mp4-uuid": plain + extra + RAW,
    }


def marked_files(folder: Path) -> dict[str, bytes]:
    """Every kind of file that we accept, each with the marker somewhere."""
    return {**_jpegs(), **_pngs(), **_others(), **_films(folder)}


MARKED = (
    *("jpeg-exif", "jpeg-turned", "jpeg-thumbnail", "jpeg-xmp", "jpeg-comment", "jpeg-icc", "jpeg-iptc", "jpeg-trailer"),
    *("jpeg-grey", "jpeg-cmyk", "jpeg-broken-exif", "mpo", "png-text", "png-exif", "png-icc", "png-alpha", "png-palette"),
    *(
        "png-16-bits",
        "png-16-bits-key",
        "png-colour-key",
        "png-one-bit",
        "png-trailer",
        "apng",
        "webp",
        "webp-alpha",
        "webp-moving",
        "gif",
        "gif-moving",
    ),
    *("heic", "heic-icc", "avif", "avif-alpha", "mp4", "mp4-turned", "mp4-units", "mov", "mp4-uuid", "webm"),
)
"""Names of `marked_files`, for parametrisation."""
