"""What many ask at one moment is done in one go: while one round is under way, the next gathers; nobody waits for a clock.

As the disk flushes many commits at once (decision 0006), one transaction does what hundreds ask: the trips, the commit and the
wait for the disk are paid once for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from salledepause.kernel.errors import Refusal

A = TypeVar("A")
R = TypeVar("R")

MOST = 250
"""Of one round: more would hold what it locks for too long."""
Work = Callable[[Sequence[A]], Awaitable[Sequence[R | Refusal]]]


class Together(Generic[A, R]):
    """One kind of work of one process; `apart` tells which questions may not be in the same round."""

    def __init__(self, work: Work[A, R], apart: Callable[[A], object]) -> None:
        """Do `work` on what was asked, in its order: it returns an answer or a refusal for each."""
        self._work = work
        self._apart = apart
        self._waiting: list[tuple[A, asyncio.Future[R]]] = []
        self._busy: asyncio.Task[None] | None = None

    async def do(self, asked: A) -> R:
        """Return the answer to one question; raises its refusal, and whatever broke its round."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._busy is None or self._busy.done():
            self._busy = asyncio.create_task(self._rounds())
        return await answer

    async def _rounds(self) -> None:
        while self._waiting:
            taken = self._next()
            try:
                answers = await self._work([asked for asked, _ in taken])
            except Exception as error:  # noqa: BLE001 - it is told to each who waits, and breaks their requests loudly
                answers = [error] * len(taken)  # type: ignore[list-item]
            for (_, future), answer in zip(taken, answers, strict=True):
                if future.done():
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    def _next(self) -> list[tuple[A, asyncio.Future[R]]]:
        """Take what the next round does; what may not be in it waits for the one after."""
        taken: list[tuple[A, asyncio.Future[R]]] = []
        later: list[tuple[A, asyncio.Future[R]]] = []
        keys = set[object]()
        for one in self._waiting:
            key = self._apart(one[0])
            if len(taken) < MOST and key not in keys and not one[1].done():
                keys.add(key)
                taken.append(one)
            elif not one[1].done():
                later.append(one)
        self._waiting = later
        return taken
