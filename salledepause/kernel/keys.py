"""Keys of the installation, each drawn from its one secret: nothing more to keep, the same on every machine that shares it."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (FIPS 186-5, NIST SP 800-186 section 3.2.1.3)."""
NONCE = 12


@cache
def drawn(secret: str, purpose: str, size: int) -> bytes:
    """Return `size` bytes for one purpose (HKDF, RFC 5869)."""
    return HKDF(SHA256(), size, salt=None, info=purpose.encode()).derive(secret.encode())


@cache
def vapid(secret: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that signs what the installation sends to push services (RFC 8292), in P-256."""
    number = int.from_bytes(drawn(secret, "web push", 48), "big") % (ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


@cache
def vapid_public(secret: str) -> str:
    """Return the public half as apps expect it: an uncompressed point in URL-safe base64, with its padding."""
    point = vapid(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode()


def sealed(secret: str, text: str) -> bytes:
    """Return a text that only this installation can read again (AES-256-GCM)."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(drawn(secret, "seal", 32)).encrypt(nonce, text.encode(), None)


def unsealed(secret: str, held: bytes) -> str | None:
    """Return what was sealed; `None` when it was not, or with another secret."""
    try:
        return AESGCM(drawn(secret, "seal", 32)).decrypt(held[:NONCE], held[NONCE:], None).decode()
    except (InvalidTag, ValueError):
        return None
