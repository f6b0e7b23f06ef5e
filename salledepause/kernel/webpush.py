"""Web Push: what is sent is encrypted for one app, and signed by the installation. Nothing here goes out (see `net`).

Standard: RFC 8291 (aes128gcm) and RFC 8292 (VAPID). Legacy, which older apps decode: the fourth draft of the one (aesgcm) and
the first of the other. https://docs.joinmastodon.org/methods/push/
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid01, Vapid02
from pywebpush import WebPusher

from salledepause.kernel import keys, net

POINT, AUTH = 65, 16
"""Bytes of a public key of P-256 (an uncompressed point) and of the secret that an app shares with us."""
LIFE = 48 * 3600
"""Seconds that a push service keeps what it could not yet deliver."""
SIGNED = 12 * 3600
"""Seconds that a signature is good for; RFC 8292 section 2 allows a day."""


class Target(NamedTuple):
    """Where an app is reached, and how to encrypt for it: its public key and its secret, in base64."""

    endpoint: str
    p256dh: str
    auth: str
    standard: bool


class Signer(NamedTuple):
    """Who sends: the secret of the installation, and its public address, by which push services may find its hosts."""

    secret: str
    origin: str


def keys_fit(p256dh: str, auth: str) -> bool:
    """Tell whether an app's keys can be used: a point of P-256, and sixteen bytes."""
    try:
        point, shared = _bytes(p256dh), _bytes(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == POINT and len(shared) == AUTH


def message(signer: Signer, target: Target, said: bytes, urgency: str = "normal") -> tuple[bytes, dict[str, str]]:
    """Return what to send to a target so that it reads `said`: a body and its headers (`urgency`: RFC 8030 section 5.3)."""
    coding = "aes128gcm" if target.standard else "aesgcm"
    known = {"p256dh": _plain(target.p256dh), "auth": _plain(target.auth)}
    made = WebPusher({"endpoint": target.endpoint, "keys": known}).encode(said, coding)
    headers = {"TTL": str(LIFE), "Urgency": urgency, "Content-Type": "application/octet-stream", "Content-Encoding": coding}
    if target.standard:
        return made["body"], headers | _signed(Vapid02, signer, target.endpoint)
    signed = _signed(Vapid01, signer, target.endpoint, f"dh={made['crypto_key'].decode()}")
    return made["body"], headers | signed | {"Encryption": f"salt={made['salt'].decode()}"}


def _signed(scheme: type[Vapid01], signer: Signer, endpoint: str, crypto_key: str | None = None) -> dict[str, str]:
    claims = {"aud": net.origin(endpoint), "exp": int(time.time()) + SIGNED, "sub": signer.origin}
    made: dict[str, str] = scheme(keys.vapid(signer.secret), conf={"no-strict": True}).sign(claims, crypto_key)
    return made


def _bytes(text: str) -> bytes:
    """Return what base64 of either alphabet says, padded or not; raises ValueError."""
    word = text.rstrip("=").replace("+", "-").replace("/", "_")
    if not word.isascii() or not word.replace("-", "").replace("_", "").isalnum():
        raise ValueError(word)
    return urlsafe_b64decode(word + "=" * (-len(word) % 4))


def _plain(text: str) -> str:
    return urlsafe_b64encode(_bytes(text)).decode()
