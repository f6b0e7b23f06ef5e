"""Refusals: what we answer when a request cannot be served, told once, safe to show.

`Refusal` (400) is the root; `BadInput` (422), `Unauthenticated` (401), `Forbidden` (403), `Missing` (404), `Conflict` (409),
`Gone` (410), `TooLarge` (413), `TooMany` (429) and `Unavailable` (503) are its only children. `str()` of each is a French
sentence that says what to do; the doors translate it and map it to a status once. Everything else crashes loudly.
"""

from __future__ import annotations


class Refusal(Exception):
    """A request that cannot be served; the message is a French template that `values` fill and a person reads."""

    status = 400

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        """Return the French sentence."""
        return self.message.format(**self.values) if self.values else self.message


class BadInput(Refusal):
    """What was sent has the right shape but a value that is not allowed."""

    status = 422


class Unauthenticated(Refusal):
    """No valid token or session came with the request."""

    status = 401

    def __init__(self, message: str = "Connectez-vous : ce jeton ou cette session n'est pas valable.", **values: object) -> None:
        super().__init__(message, **values)


class Forbidden(Refusal):
    """The person is known and may not do this."""

    status = 403

    def __init__(self, message: str = "Cette action ne vous est pas ouverte.", **values: object) -> None:
        super().__init__(message, **values)


class Missing(Refusal):
    """There is no such thing, or this person may not know that there is."""

    status = 404

    def __init__(
        self, message: str = "Introuvable : cet élément n'existe pas ou ne vous est pas ouvert.", **values: object
    ) -> None:
        super().__init__(message, **values)


class Conflict(Refusal):
    """The request contradicts what is already there."""

    status = 409


class Gone(Refusal):
    """It was here and was erased."""

    status = 410


class TooLarge(Refusal):
    """More bytes than this entry accepts."""

    status = 413


class TooMany(Refusal):
    """Too many requests; `retry_after` is in seconds."""

    status = 429

    def __init__(self, message: str, *, retry_after: int = 60, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """The server cannot do this now (starting, disk full, database away)."""

    status = 503
