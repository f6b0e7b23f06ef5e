"""What tests of files share: files that tell of whoever made them, and a folder to work in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel import media_samples as samples


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return samples.marked_files(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder
