from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from salledepause.kernel.config import BadSettings, Settings, load

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_environment_fills_settings(tmp_path: Path) -> None:
    settings = load(
        {
            "SALLEDEPAUSE_DATA": str(tmp_path),
            "SALLEDEPAUSE_DOMAIN": "salle.example",
            "DATABASE_URL": "postgresql:///x",
            "HOME": "/",
        }
    )
    assert (settings.data, settings.domain, settings.database_url) == (tmp_path, "salle.example", "postgresql:///x")
    assert settings.origin == "https://salle.example"
    assert settings.secure


def test_loopback_is_http(tmp_path: Path) -> None:
    assert load({"SALLEDEPAUSE_DATA": str(tmp_path)}).origin == "http://127.0.0.1:8000"
    assert load({"SALLEDEPAUSE_DATA": str(tmp_path), "SALLEDEPAUSE_DOMAIN": "localhost:3000"}).origin == "http://localhost:3000"


WHERE = [
    ({}, "ws://127.0.0.1:8000"),
    ({"streaming_port": 4000}, "ws://127.0.0.1:4000"),
    ({"streaming_port": 4000, "domain": "localhost:3000"}, "ws://localhost:4000"),
    ({"streaming_port": 4000, "domain": "[::1]:3000"}, "ws://[::1]:4000"),
    ({"streaming_port": 4000, "scheme": "https"}, "wss://127.0.0.1:8000"),
    ({"domain": "salle.example"}, "wss://salle.example"),
    ({"streaming_port": 4000, "domain": "salle.example"}, "wss://salle.example"),
    ({"streaming_port": 4000, "streaming_url": "wss://flux.example"}, "wss://flux.example"),
    ({"streaming_url": "ws://127.0.0.1:8000", "domain": "salle.example"}, "ws://127.0.0.1:8000"),
]


@pytest.mark.parametrize(("given", "told"), WHERE)
def test_apps_are_told_of_the_port_of_streams_only_where_they_reach_it(given: dict[str, Any], told: str) -> None:
    assert Settings(**given).streams == told


@pytest.mark.parametrize(
    "environment",
    [
        {"SALLEDEPAUSE_DOMIAN": "x"},
        {"SALLEDEPAUSE_POOL_SIZE": "beaucoup"},
        {"SALLEDEPAUSE_REGISTRATION": "maybe"},
        {"SALLEDEPAUSE_POOL_SIZE": "0"},
        {"SALLEDEPAUSE_STREAMING_PORT": "70000"},
        {"SALLEDEPAUSE_STREAMING_URL": "https://flux.example"},
        {"SALLEDEPAUSE_STREAMING_URL": "wss://flux.example/api"},
        {"SALLEDEPAUSE_STREAMING_URL": "wss://flux.example\n"},
    ],
)
def test_unknown_or_wrong_refuses_to_start(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(BadSettings):
        load({"SALLEDEPAUSE_DATA": str(tmp_path)} | environment)


def test_file_holds_the_same_and_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "salledepause.toml").write_text('title = "La nôtre"\npool_size = 4\n', encoding="utf-8")
    settings = load({"SALLEDEPAUSE_DATA": str(tmp_path), "SALLEDEPAUSE_POOL_SIZE": "6"})
    assert (settings.title, settings.pool_size) == ("La nôtre", 6)


@pytest.mark.parametrize("content", ["titel = 1", "title = ", "title = 3"])
def test_broken_file_refuses_to_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "salledepause.toml").write_text(content, encoding="utf-8")
    with pytest.raises(BadSettings):
        load({"SALLEDEPAUSE_DATA": str(tmp_path)})


def test_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = (load({"SALLEDEPAUSE_DATA": str(tmp_path)}).secret for _ in range(2))
    assert first == second
    assert len(first) == 64
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_every_setting_is_documented() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert not [name for name in Settings.__struct_fields__ if f"`{name}`" not in text]
