"""Archives as Mastodon writes them, whole or spoiled, for tests of what comes in."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HOST = "https://ancien.example"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTOR = f"{HOST}/users/plume"
FOLLOWERS = f"{ACTOR}/followers"
Value = dict[str, Any]


def actor(**more: Any) -> Value:
    """Return the actor of an archive."""
    told = {"id": ACTOR, "type": "Person", "preferredUsername": "plume", "name": "Plume", "summary": "<p>De nuit.</p>"}
    return told | {"published": "2019-03-04T00:00:00Z", "attachment": [], "manuallyApprovesFollowers": False} | more


def note(number: int, content: str = "", **more: Any) -> Value:
    """Return the activity of a public note; each is an hour after the one before."""
    uri = f"{ACTOR}/statuses/{number}"
    at = f"2021-05-{1 + number // 24:02d}T{number % 24:02d}:00:00Z"
    told = {
        "id": uri,
        "type": "Note",
        "summary": None,
        "inReplyTo": None,
        "published": at,
        "attributedTo": ACTOR,
        "to": [PUBLIC],
        "cc": [FOLLOWERS],
        "sensitive": False,
        "content": content or f"<p>Message {number}</p>",
        "contentMap": {"fr": content},
        "attachment": [],
        "tag": [],
    } | more
    about = {name: told[name] for name in ("published", "to", "cc")}
    return {"id": f"{uri}/activity", "type": "Create", "actor": ACTOR, **about, "object": told}


def announce(number: int, uri: str) -> Value:
    """Return the activity of a boost."""
    about = {"published": "2021-06-01T08:30:00Z", "to": [PUBLIC], "cc": [FOLLOWERS]}
    return {"id": f"{ACTOR}/statuses/{number}/activity", "type": "Announce", "actor": ACTOR, **about, "object": uri}


def collection(name: str, items: Sequence[Any]) -> bytes:
    """Return a list as Mastodon writes it: on one line."""
    head = {"@context": PUBLIC, "id": name, "type": "OrderedCollection", "totalItems": len(items), "orderedItems": list(items)}
    return json.dumps(head).encode()


def members(items: Sequence[Any], likes: Sequence[str] = (), bookmarks: Sequence[str] = ()) -> dict[str, bytes]:
    """Return the files of an archive."""
    lists = {"outbox.json": items, "likes.json": likes, "bookmarks.json": bookmarks}
    return {name: collection(name, one) for name, one in lists.items()} | {"actor.json": json.dumps(actor()).encode()}


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a compressed tar."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    path.write_bytes(gzip.compress(raw.getvalue()))
    return path
