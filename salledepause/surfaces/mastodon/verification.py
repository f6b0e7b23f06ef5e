"""Who is who, in our own API: proving one's role family, vouching for somebody, and for hosts the proofs that wait."""

from __future__ import annotations

from datetime import date

import msgspec

from salledepause.features import verification
from salledepause.features.accounts import Family
from salledepause.features.verification import Method
from salledepause.kernel import clock
from salledepause.surfaces import proofs
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.mastodon.described import lines, own
from salledepause.surfaces.routes import user


class StandingEntity(msgspec.Struct, frozen=True):
    """What one proved, and what one waits for."""

    family: Family
    verified: Family | None
    method: Method | None
    verified_on: date | None
    waits: Method | None
    vouched: int


class ProofEntity(msgspec.Struct, frozen=True):
    """A proof that waits: whose it is, the file alone says."""

    id: str
    family: str
    asked_on: date


class TeamCodeEntity(msgspec.Struct, frozen=True):
    """A team's code; the code itself is shown once, when it is made."""

    id: str
    family: str
    uses_left: int
    expires_at: str


class MadeEntity(msgspec.Struct, frozen=True):
    """A code just made."""

    code: str


class CodeAsked(msgspec.Struct):
    """A team's code."""

    code: str = ""


class HandleAsked(msgspec.Struct):
    """Somebody, by handle."""

    handle: str = ""


class TeamCodeAsked(msgspec.Struct):
    """A code to make: for which family, how often and how many days it proves it."""

    family: Family
    uses: int = 20
    days: int = 30


class DecisionAsked(msgspec.Struct):
    """Whether a proof proves the family."""

    accepted: bool = False


async def show(call: Call) -> Answer:
    """GET /api/salledepause/v1/verification: what one proved, and what one waits for."""
    one = await verification.standing(call.tx, call.me)
    return json(StandingEntity(one.family, one.verified, one.method, one.on, one.waits, one.vouched))


async def use_code(call: Call) -> Answer:
    """POST /api/salledepause/v1/verification/code: prove one's family by a team's code."""
    await verification.use_code(call.tx, call.site, call.me, call.read(CodeAsked).code)
    return await show(call)


async def ask_vouching(call: Call) -> Answer:
    """POST /api/salledepause/v1/verification/vouching: wait for the word of two verified members."""
    await verification.ask_vouching(call.tx, call.me)
    return await show(call)


async def vouch(call: Call) -> Answer:
    """POST /api/salledepause/v1/verification/vouch: give one's word for somebody who asked for it."""
    await verification.vouch(call.tx, call.site, call.me, call.read(HandleAsked).handle)
    return json({})


async def ask_by_proof(call: Call) -> Answer:
    """POST /api/salledepause/v1/verification/proof: show a proof to the hosts, as `file`; it is destroyed once looked at."""
    await verification.ask_by_proof(call.tx, call.site, call.me, proofs.sent(call))
    return await show(call)


async def give_up(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/verification/request: take back what one waits for, the proof with it."""
    await verification.give_up(call.tx, call.site, call.me)
    return await show(call)


async def forget(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/verification: be verified no more."""
    await verification.forget(call.tx, call.me)
    return await show(call)


async def waiting(call: Call) -> Answer:
    """GET /api/salledepause/v1/verification/proofs: for hosts, the proofs that wait."""
    found = await verification.waiting(call.tx, call.me)
    return json([ProofEntity(str(one.id), one.family, one.asked_on) for one in found])


async def proof(call: Call) -> Answer:
    """GET /api/salledepause/v1/verification/proofs/:id: for hosts, the file of a proof that waits."""
    return await proofs.shown(await verification.proof(call.tx, call.site, call.me, call.id()))


async def decide(call: Call) -> Answer:
    """POST /api/salledepause/v1/verification/proofs/:id: for hosts, say what a proof proves; it is destroyed either way."""
    accepted = call.read(DecisionAsked).accepted
    await verification.decide(call.tx, call.site, call.me, call.id(), accepted=accepted)
    return json({})


async def codes(call: Call) -> Answer:
    """GET /api/salledepause/v1/verification/codes: for hosts, the teams' codes that still prove something."""
    found = await verification.codes(call.tx, call.me)
    return json([TeamCodeEntity(str(one.id), one.family, one.uses_left, clock.iso(one.expires_at)) for one in found])


async def create_code(call: Call) -> Answer:
    """POST /api/salledepause/v1/verification/codes: for hosts, make a team's code, shown this once."""
    asked = call.read(TeamCodeAsked)
    return json(MadeEntity(await verification.create_code(call.tx, call.me, asked.family, asked.uses, asked.days)))


async def revoke_code(call: Call) -> Answer:
    """DELETE /api/salledepause/v1/verification/codes/:id: for hosts, have a code prove nothing any more."""
    await verification.revoke_code(call.tx, call.me, call.id())
    return json({})


HERE = "/api/salledepause/v1/verification"
READING, WRITING = user("read:accounts"), user("write:accounts")
SENDING = proofs.sending("write:accounts")
LOOKING, DECIDING = user("admin:read:accounts"), user("admin:write:accounts")
OWN = [
    own(f"GET {HERE}", show, READING, (None, StandingEntity)),
    own(f"DELETE {HERE}", forget, WRITING, (None, StandingEntity)),
    own(f"POST {HERE}/code", use_code, WRITING, (CodeAsked, StandingEntity)),
    own(f"POST {HERE}/vouching", ask_vouching, WRITING, (None, StandingEntity)),
    own(f"POST {HERE}/vouch", vouch, WRITING, (HandleAsked, None)),
    own(f"POST {HERE}/proof", ask_by_proof, SENDING, (None, StandingEntity)),
    own(f"DELETE {HERE}/request", give_up, WRITING, (None, StandingEntity)),
    own(f"GET {HERE}/proofs", waiting, LOOKING, (None, list[ProofEntity])),
    own(f"GET {HERE}/proofs/{{id}}", proof, LOOKING, (None, bytes)),
    own(f"POST {HERE}/proofs/{{id}}", decide, DECIDING, (DecisionAsked, None)),
    own(f"GET {HERE}/codes", codes, LOOKING, (None, list[TeamCodeEntity])),
    own(f"POST {HERE}/codes", create_code, DECIDING, (TeamCodeAsked, MadeEntity)),
    own(f"DELETE {HERE}/codes/{{id}}", revoke_code, DECIDING),
]
ROUTES = lines(OWN)
