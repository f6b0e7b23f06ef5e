"""Templates say nothing that no translation gave: neither in what shows, nor in what is told aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes

from salledepause.surfaces.web import rendering
from tests.support.msgids import PLURAL, SINGLE

ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"?')
"""What macros write inside a tag."""
CLASSES = re.compile(r"\{% block body %\}.*?\{% endblock %\}")
"""What a page adds to the class of its body."""


class Shown(HTMLParser):
    """The words of a page that no translation gave."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += re.findall(r"[^\W\d_]{2,}", ATTRIBUTE.sub("", data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told_aloud = ("alt", "title", "aria-label", "placeholder", "summary", "label")
        self.words += [f"{tag} {name}={value}" for name, value in attrs if name in told_aloud and value]


@pytest.mark.parametrize("path", sorted(rendering.TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_say_nothing_untranslated(path: Path) -> None:
    text = CLASSES.sub("", path.read_text("utf-8"))
    shown = Shown()
    shown.feed("".join(value for _, kind, value in rendering.environment("fr").lex(text) if kind == "data"))
    assert not shown.words
    assert not [one for one in _loose(rendering.environment("fr").parse(text)) if re.search(r"[^\W\d_] |[^\x00-\x7f]", one)]


def _loose(node: nodes.Node) -> Iterator[str]:
    """Yield the strings of a template's expressions that are not translated, without their tags."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Const) and isinstance(child.value, str):
            yield re.sub(r"<[^>]*>?|%s", "", child.value)
        elif isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name) and child.node.name in SINGLE | PLURAL:
            yield from (text for one in (*child.args[2:], *child.kwargs) for text in _loose(one))
        elif not isinstance(child, nodes.TemplateData):
            yield from _loose(child)
