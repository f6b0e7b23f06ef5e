"""What opens an account or an app: drawn at random, shown once, kept only as a digest."""

from __future__ import annotations

import secrets
from hashlib import sha256

BYTES = 32


def fresh() -> str:
    """Return a new secret of 256 bits, URL-safe."""
    return secrets.token_urlsafe(BYTES)


def digest(secret: str) -> bytes:
    """Return what is stored of a random secret: its SHA-256. Passwords are not random: they go through `Hasher`."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
