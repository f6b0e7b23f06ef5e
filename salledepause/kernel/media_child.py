"""The program of the decoding child: one hostile file in, clean renditions out, then it dies.

Standard input is the file, the first argument an `Order` in JSON, the second the folder to write in. It
answers one line of JSON: what it made, or why it refuses. Any crash is a refusal for the parent.
Decoders are loaded by name, so that a photo does not wait for the film libraries.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from salledepause.kernel import media_confinement
from salledepause.kernel.media_formats import READY, Made, Order, Refused

_STILL: Final = "salledepause.kernel.media_image"
_ANIMATION: Final = "salledepause.kernel.media_animation"
_FILM: Final = "salledepause.kernel.media_video"
_WEBP: Final = "PIL.WebPImagePlugin"

DECODERS: Final = {
    "jpeg": ("PIL.JpegImagePlugin", _STILL),
    "png": ("PIL.PngImagePlugin", _WEBP, _STILL),
    "webp": (_WEBP, _STILL),
    "avif": ("PIL.AvifImagePlugin", _WEBP, _STILL),
    "heif": ("pillow_heif.HeifImagePlugin", _WEBP, _STILL),
    "gif": ("PIL.GifImagePlugin", _WEBP, _ANIMATION),
    "moving-webp": (_WEBP, _ANIMATION),
    "mp4": (_FILM,),
    "webm": (_FILM,),
}


class Decoder(Protocol):
    """What the last module of each row of `DECODERS` offers."""

    def decode(self, order: Order, source: BinaryIO) -> Made:
        """Write `original` and `small` in the current folder, or raise `Refused`."""


def main(arguments: list[str]) -> None:
    """Confine this process, decode the file, answer on standard output."""
    order = Order(**json.loads(arguments[0]))
    os.chdir(arguments[1])
    media_confinement.limit(order.memory, order.processor, order.file_bytes)
    media_confinement.isolate()
    decoder = _load(order.format)
    media_confinement.enclose(Path(), _libraries())
    os.write(sys.stdout.fileno(), READY)
    os.write(sys.stdout.fileno(), _answer(decoder, order).encode())


def _load(name: str) -> Decoder:
    """Import the modules that a format needs; the last one is its decoder."""
    modules = [importlib.import_module(module) for module in DECODERS[name]]
    decoder: Decoder = modules[-1]
    return decoder


def _libraries() -> list[Path]:
    """Folders of code that the decoders may go on loading from: the standard library and their own."""
    loaded = [sys.modules[name].__file__ for name in ("os", "PIL", "av", "pillow_heif") if name in sys.modules]
    return [Path(file).parent for file in loaded if file]


def _answer(decoder: Decoder, order: Order) -> str:
    """Decode, and turn the outcome into JSON."""
    try:
        made = decoder.decode(order, sys.stdin.buffer)
    except Refused as refusal:
        return json.dumps({"refused": refusal.reason})
    except MemoryError:
        return json.dumps({"refused": "effort"})
    whole = made._asdict()
    return json.dumps({**whole, "original": made.original._asdict(), "small": made.small._asdict()})


if __name__ == "__main__":
    main(sys.argv[1:])
