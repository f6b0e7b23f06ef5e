"""A device that keeps a passkey, honest unless it is told to lie: P-256, no attestation (WebAuthn level 2)."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """One key, made for one account of one house."""

    def __init__(self, origin: str = "https://salle.test", host: str = "salle.test") -> None:
        """Answer in the name of a page of `origin`, for keys of `host`."""
        self.origin, self.host = origin, host
        self.flags = PRESENT | VERIFIED
        self.count = 0
        self.owner = b""
        self.id = os.urandom(32)
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, asked: dict[str, Any]) -> str:
        """Return what `navigator.credentials.create` gives, as JSON."""
        self.owner = read(asked["user"]["id"])
        point = self._key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        told = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._told(self.flags | ATTESTED) + told}
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer({"clientDataJSON": word(client), "attestationObject": word(cbor2.dumps(attested))})

    def sign(self, asked: dict[str, Any]) -> str:
        """Return what `navigator.credentials.get` gives, as JSON."""
        self.count += 1
        client, told = self._client("webauthn.get", asked["challenge"]), self._told(self.flags)
        signature = self._key.sign(told + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"clientDataJSON": word(client), "authenticatorData": word(told), "signature": word(signature)}
        return self._answer(response | {"userHandle": word(self.owner)})

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _told(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": word(self.id), "rawId": word(self.id), "type": "public-key", "response": response})


def word(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def read(text: str) -> bytes:
    """Return the bytes of a base64url word."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
