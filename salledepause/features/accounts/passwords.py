"""Passwords: what is refused as too weak, and the slow hash that keeps them (argon2id, RFC 9106)."""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from salledepause.kernel.errors import BadInput

SHORTEST, LONGEST = 10, 256
"""Characters. The upper bound only bounds the work."""
FEWEST_DIFFERENT = 4
"""Different characters, so that `aaaaaaaaaa` does not pass."""


@cache
def common() -> frozenset[str]:
    """Return the most guessed passwords among those long enough, in small letters."""
    return frozenset((files("salledepause.features.accounts") / "common_passwords.txt").read_text("utf-8").split())


class Hasher:
    """One setting of argon2id; each call runs in a thread, since it keeps a core busy on purpose."""

    def __init__(self, time: int, memory: int, lanes: int = 1) -> None:
        """`time` in passes, `memory` in KiB, `lanes` in threads (RFC 9106 section 3.1)."""
        self._argon2 = PasswordHasher(time_cost=time, memory_cost=memory, parallelism=lanes)

    async def hash(self, secret: str) -> str:
        """Return the encoded hash of a secret, with its own salt and parameters."""
        return await asyncio.to_thread(self._argon2.hash, _bytes(secret))

    async def matches(self, stored: str, secret: str) -> bool:
        """Tell whether a secret is the one whose encoded hash is stored; where none is, it takes as long to say no."""
        if not stored:
            await self.hash(secret)
            return False
        return await asyncio.to_thread(self._verify, stored, secret)

    def stale(self, stored: str) -> bool:
        """Tell whether a hash was made with another setting, and should be made again."""
        return self._argon2.check_needs_rehash(stored)

    def _verify(self, stored: str, secret: str) -> bool:
        try:
            return self._argon2.verify(stored, _bytes(secret))
        except (VerificationError, InvalidHashError):
            return False


HASHER = Hasher(3, 32 * 1024, 4)
"""For passwords: RFC 9106's second choice with half its memory, 50 to 100 ms of one core here."""
SWIFT = Hasher(1, 8 * 1024)
"""For recovery words, which are drawn at random: 84 bits need no slowness."""


def _bytes(secret: str) -> bytes:
    """Return one form of what different keyboards type for the same letters (RFC 8265 section 4.2: NFC)."""
    return unicodedata.normalize("NFC", secret).encode("utf-8", "surrogatepass")


def weakness(password: str, handle: str) -> BadInput | None:
    """Return why a password is refused for this handle, or `None` when it will do."""
    lower = password.lower()
    if len(password) < SHORTEST:
        return BadInput("Mot de passe trop court : au moins {least} caractères.", least=SHORTEST)
    if len(password) > LONGEST:
        return BadInput("Mot de passe trop long : au plus {most} caractères.", most=LONGEST)
    if lower == handle.lower():
        return BadInput("Le mot de passe ne peut pas être votre pseudonyme.")
    if lower in common() or len(set(lower)) < FEWEST_DIFFERENT:
        return BadInput("Ce mot de passe est parmi les plus devinés : choisissez-en un autre.")
    return None
