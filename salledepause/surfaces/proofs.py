"""A proof on its way through a door: taken as a file, sent to a host's eyes alone; the same at every door."""

from __future__ import annotations

import asyncio
from pathlib import Path

from salledepause.features import verification
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import Answer, Call, Header, Rule

SHUT: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"content-disposition", b"attachment"),
    (b"cache-control", b"no-store"),
)
"""How a proof is sent: looked at once, kept by no browser, never a page of ours."""
KINDS = {b"%PDF": b"application/pdf", b"\xff\xd8": b"image/jpeg", b"\x89P": b"image/png"}
OVERHEAD = 65536
"""Bytes of a form beside its file."""


def sending(scope: str) -> Rule:
    """Return the rule of a door that takes a proof."""
    return Rule("user", scope, files=verification.LARGEST + OVERHEAD, budget="media")


def sent(call: Call) -> Path | None:
    """Return where a proof that was sent lies; raises BadInput for anything that is no file."""
    given = call.given.get("file")
    if given is None or given == "":
        return None
    if not isinstance(given, Upload):
        raise BadInput("Joignez un justificatif : un PDF ou une photo (JPEG, PNG).")
    return given.path


async def shown(path: Path) -> Answer:
    """Return the answer that is a proof."""
    body = await asyncio.to_thread(path.read_bytes)
    kind = next((kind for beginning, kind in KINDS.items() if body.startswith(beginning)), b"application/octet-stream")
    return Answer(body=body, headers=((b"content-type", kind), *SHUT), once=True)
