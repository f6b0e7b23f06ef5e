"""A sentence encoder of another house, read from a folder as hubs keep them, with NumPy alone: nothing is installed, or ever run.

The folder holds `config.json`, `tokenizer.json` and `model.safetensors` of a BERT, RoBERTa, XLM-RoBERTa or CamemBERT, and what
sentence-transformers adds, where it does: `modules.json`, `1_Pooling/config.json`, and the words put before a text
(`prompts` of `config_sentence_transformers.json`). Weights are a table of arrays (https://github.com/huggingface/safetensors):
numbers, no program. Whatever is missing or has another shape is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from salledepause.features.language import pieces, transformer
from salledepause.features.language.transformer import Layer, Model, Rows, Step
from salledepause.kernel.errors import BadInput

CONFIG, TOKENS, WEIGHTS, MODULES, POOLING, PROMPTS = (
    "config.json",
    "tokenizer.json",
    "model.safetensors",
    "modules.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
)
SHIFTED = frozenset({"roberta", "xlm-roberta", "camembert"})
KINDS = SHIFTED | {"bert"}
"""Models that are read: all but `bert` number their positions from behind the place of the filling piece."""
LAYERS = frozenset({"Transformer", "Pooling", "Normalize"})
WIDTHS = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}
MOST = 256
"""Pieces of a text that are read."""


class Shape(msgspec.Struct, frozen=True):
    """What `config.json` tells."""

    model_type: str
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    vocab_size: int
    type_vocab_size: int = 2
    hidden_act: str = "gelu"
    layer_norm_eps: float = 1e-12
    pad_token_id: int | None = None
    position_embedding_type: str | None = "absolute"

    @property
    def first(self) -> int:
        """The position of the first piece."""
        return 1 + (1 if self.pad_token_id is None else self.pad_token_id) if self.model_type in SHIFTED else 0


class Folder:
    """Encodes texts by the model of a folder."""

    def __init__(self, folder: Path) -> None:
        """Read a folder; raises BadInput for one that is not there, not whole, or of another kind."""
        if not folder.is_dir():
            raise BadInput("Pas de dossier {folder}.", folder=folder)
        shape = _shape(folder)
        self._pieces = pieces.read(_told(folder, TOKENS))
        if self._pieces.size > shape.vocab_size:
            raise BadInput("tokenizer.json a plus de morceaux que le modèle n'en connaît.")
        self._by_first, self._before = _pooled(folder), _before(folder)
        self._weights, self._shape = folder / WEIGHTS, shape
        self.model()
        self.depth = shape.num_hidden_layers
        digest = sha256()
        for name in (CONFIG, TOKENS, WEIGHTS, POOLING, PROMPTS):
            if (folder / name).is_file():
                with (folder / name).open("rb") as opened:
                    while part := opened.read(1 << 20):
                        digest.update(part)
        self.name = f"hub-{digest.hexdigest()[:16]}"

    def encode(self, texts: Sequence[str]) -> Rows:
        """Return a row of length one for each text."""
        model = self.model()
        rows = [self._one(model, self._before + text) for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self._shape.hidden_size)

    def model(self) -> Model:
        """Return its layers, read anew."""
        return _model(_Held(self._weights), self._shape)

    def cut(self, text: str) -> list[int]:
        """Return the pieces of a text, as numbers."""
        return self._pieces.of(text, min(MOST, self._shape.max_position_embeddings - self._shape.first))

    def _one(self, model: Model, text: str) -> Rows:
        read = transformer.read(model, self.cut(text))
        return transformer.unit(read[0] if self._by_first else read.mean(axis=0))


def _model(held: _Held, shape: Shape) -> Model:
    width = shape.hidden_size
    words = held.raw("embeddings.word_embeddings.weight", shape.vocab_size, width)
    places = held.array("embeddings.position_embeddings.weight", shape.max_position_embeddings, width)
    places = places[shape.first :] + held.array("embeddings.token_type_embeddings.weight", shape.type_vocab_size, width)[0]
    layers = [_layer(held, shape, at) for at in range(shape.num_hidden_layers)]
    even = held.norm("embeddings.LayerNorm", width)
    return Model(lambda ids: floats(words[list(ids)]), places, even, layers, shape.num_attention_heads, shape.layer_norm_eps)


class _Held:
    """The arrays of a file of weights, left on the disk until they are asked for."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise BadInput("Il manque {name} au dossier du modèle.", name=path.name)
        try:
            self._bytes: NDArray[np.uint8] = np.memmap(path, np.uint8, "r")
            size = int.from_bytes(self._bytes[:8].tobytes(), "little")
            self._begin = 8 + size
            self._told: dict[str, Any] = msgspec.json.decode(self._bytes[8 : 8 + size].tobytes())
            self._told.pop("__metadata__", None)
            self._prefix = next(name for name in self._told if name.endswith("embeddings.word_embeddings.weight"))
            self._prefix = self._prefix.removesuffix("embeddings.word_embeddings.weight")
        except (ValueError, AttributeError, StopIteration):
            raise BadInput("{name} n'est pas un fichier de poids que l'on sait lire.", name=path.name) from None

    def raw(self, name: str, *shape: int) -> NDArray[Any]:
        """Return an array as it is kept; raises BadInput where it is missing or has another shape."""
        told = self._told.get(self._prefix + name)
        if told is None:
            raise BadInput("Il manque le tableau {name} aux poids du modèle.", name=name)
        try:
            start, end = told["data_offsets"]
            kind, found = WIDTHS[told["dtype"]], tuple(told["shape"])
            whole = found == shape and end - start == prod(shape) * np.dtype(kind).itemsize
            return np.frombuffer(self._bytes[self._begin + start : self._begin + end], kind).reshape(shape if whole else (-1, 0))
        except (KeyError, TypeError, ValueError):
            raise BadInput("Le tableau {name} du modèle n'a pas la forme {shape}.", name=name, shape=shape) from None

    def array(self, name: str, *shape: int) -> Rows:
        """Return an array in 32 bits."""
        return floats(self.raw(name, *shape))

    def linear(self, name: str, into: int, given: int) -> Step:
        """Return what a step multiplies rows by, and adds."""
        return np.ascontiguousarray(self.array(f"{name}.weight", into, given).T), self.array(f"{name}.bias", into)

    def norm(self, name: str, width: int) -> Step:
        """Return what evens rows out."""
        return self.array(f"{name}.weight", width), self.array(f"{name}.bias", width)


def _layer(held: _Held, shape: Shape, at: int) -> Layer:
    name, width, wide = f"encoder.layer.{at}", shape.hidden_size, shape.intermediate_size
    three = [held.linear(f"{name}.attention.self.{one}", width, width) for one in ("query", "key", "value")]
    return Layer(
        transformer.side_by_side(three),
        held.linear(f"{name}.attention.output.dense", width, width),
        held.norm(f"{name}.attention.output.LayerNorm", width),
        held.linear(f"{name}.intermediate.dense", wide, width),
        held.linear(f"{name}.output.dense", width, wide),
        held.norm(f"{name}.output.LayerNorm", width),
    )


def floats(kept: NDArray[Any]) -> Rows:
    """Return numbers in 32 bits; those kept as `BF16` are the upper half of them."""
    if kept.dtype == np.dtype("<u2"):
        return (kept.astype(np.uint32) << 16).view(np.float32)
    made: Rows = kept.astype(np.float32)
    return made


def _told(folder: Path, name: str) -> Mapping[str, Any]:
    if not (folder / name).is_file():
        raise BadInput("Il manque {name} au dossier du modèle.", name=name)
    try:
        return msgspec.json.decode((folder / name).read_bytes(), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInput("{name} n'est pas lisible : {error}", name=name, error=error) from None


def _shape(folder: Path) -> Shape:
    try:
        made = msgspec.convert(_told(folder, CONFIG), Shape)
    except msgspec.ValidationError as error:
        raise BadInput("{name} n'est pas lisible : {error}", name=CONFIG, error=error) from None
    if made.model_type not in KINDS or made.hidden_act != "gelu" or made.position_embedding_type not in {"absolute", None}:
        raise BadInput("Ce modèle n'est ni un BERT, ni un RoBERTa, ni un CamemBERT ordinaire : {kind}.", kind=made.model_type)
    sizes = (made.hidden_size, made.num_hidden_layers, made.num_attention_heads, made.intermediate_size, made.vocab_size)
    if min(*sizes) < 1 or made.hidden_size % made.num_attention_heads or not 0 <= made.first <= made.max_position_embeddings - 3:
        raise BadInput("Les tailles de config.json ne vont pas ensemble.")
    return made


class _Step(msgspec.Struct):
    type: str


def _pooled(folder: Path) -> bool:
    """Tell whether a text is its first piece, not the mean of all; raises BadInput where more is done with it."""
    if (folder / MODULES).is_file():
        try:
            steps = msgspec.json.decode((folder / MODULES).read_bytes(), type=list[_Step])
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadInput("{name} n'est pas lisible : {error}", name=MODULES, error=error) from None
        more = sorted({one.type.rsplit(".", 1)[-1] for one in steps} - LAYERS)
        if more:
            raise BadInput("Le modèle a des étages que l'on ne sait pas lire : {more}.", more=", ".join(more))
    if not (folder / POOLING).is_file():
        return False
    told = {name for name, on in _told(folder, POOLING).items() if name.startswith("pooling_mode_") and on is True}
    if told - {"pooling_mode_cls_token", "pooling_mode_mean_tokens"} or len(told) != 1:
        raise BadInput("Le modèle rassemble les morceaux d'un texte d'une façon que l'on ne sait pas lire.")
    return told == {"pooling_mode_cls_token"}


def _before(folder: Path) -> str:
    """Return the words that the model wants before each text: by its default prompt, else the one of questions."""
    if not (folder / PROMPTS).is_file():
        return ""
    told = _told(folder, PROMPTS)
    prompts = told.get("prompts")
    name = told.get("default_prompt_name") or "query"
    found = prompts.get(name, "") if isinstance(prompts, dict) else ""
    return found if isinstance(found, str) else ""
