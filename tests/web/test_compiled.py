"""Templates compiled once: what is kept serves the next start, and never another template than its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from salledepause.surfaces.web.compiled import Compiled


class Counting(Environment):
    """Templates that tell how often one was compiled."""

    compiled = 0

    def compile(self, *given: object, **more: object) -> object:  # type: ignore[override]
        """Compile one more."""
        self.compiled += 1
        return super().compile(*given, **more)  # type: ignore[call-overload]


def written(source: str, folder: Path, maker: str = "one") -> tuple[str, int]:
    """Return what a fresh process would write of a template, and how many it compiled."""
    made = Counting(loader=DictLoader({"page.html": source}), bytecode_cache=Compiled(maker, folder))
    return made.get_template("page.html").render(name="Nadia"), made.compiled


def test_a_template_is_compiled_once_and_again_when_anything_that_made_it_changes(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert written("Bonjour {{ name }}", folder) == ("Bonjour Nadia", 1)
    assert written("Bonjour {{ name }}", folder) == ("Bonjour Nadia", 0)
    assert written("Bonsoir {{ name }}", folder) == ("Bonsoir Nadia", 1)
    assert written("Bonsoir {{ name }}", folder, maker="another") == ("Bonsoir Nadia", 1)
    assert [file.suffix for file in folder.iterdir()] == [".bytecode"]


@pytest.mark.parametrize("cut", [0, 1, 40, 100, 400])
def test_what_is_kept_and_broken_is_made_anew(tmp_path: Path, cut: int) -> None:
    written("Bonjour {{ name }}", tmp_path)
    kept = next(tmp_path.iterdir())
    kept.write_bytes(kept.read_bytes()[:cut])
    assert written("Bonjour {{ name }}", tmp_path) == ("Bonjour Nadia", 1)
    assert written("Bonjour {{ name }}", tmp_path) == ("Bonjour Nadia", 0)


def test_a_folder_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert written("Bonjour {{ name }}", tmp_path / "file" / "kept") == ("Bonjour Nadia", 1)
