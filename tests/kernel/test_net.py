"""The way out: which addresses are public, and that names which lead elsewhere are not followed."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from salledepause.kernel import keys, net

PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
SHUT = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
    "255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1", "::127.0.0.1",
    "64:ff9b:1::808:808",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert net.public(address)


@pytest.mark.parametrize("address", SHUT)
def test_addresses_that_lead_inside(address: str) -> None:
    assert not net.public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["169.254.169.254"]])
async def test_a_name_is_judged_by_where_it_leads(monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    asked = []

    def resolved(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        kinds = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(kinds[":" in one], socket.SOCK_STREAM, 6, "", (one, port, *([0, 0] if ":" in one else []))) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(net.Shut):
        await net.post("https://rebound.example/x", b"x", {})
    assert asked == ["rebound.example"]


async def test_a_name_that_is_nobodys_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "nobody")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(net.Unreachable):
        await net.post("https://nobody.example/x", b"x", {})


def test_keys_are_the_same_for_one_secret_and_no_other() -> None:
    assert keys.vapid_public("a") == keys.vapid_public("a") != keys.vapid_public("b")
    held = keys.sealed("a", "jeton")
    assert keys.sealed("a", "jeton") != held
    assert keys.unsealed("a", held) == "jeton"
    assert keys.unsealed("b", held) is None
    assert keys.unsealed("a", held[:-1] + bytes([held[-1] ^ 1])) is None
    assert keys.unsealed("a", b"") is None
