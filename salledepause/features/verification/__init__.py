"""Who is who, without names: a role family that was proven, and nothing more precise, ever.

Three ways: the code of a team (`use_code`), the vouching of two verified members (`ask_vouching`, `vouch`), a proof that a host
looks at once and that is then destroyed (`ask_by_proof`, `decide`). What is kept is the family, the way and the day. A post
shows the mark only while it shows the family (features/posts/store.py), so that hiding one hides the other everywhere. A family
that is changed is proven no more. Nobody, host or not, can list people by what they proved; `waiting` is the hosts' queue of
proofs, by number, never by handle.
"""

from salledepause.features.verification.actions import (
    LARGEST,
    VOUCHERS,
    ask_by_proof,
    ask_vouching,
    codes,
    create_code,
    decide,
    forget,
    give_up,
    revoke_code,
    sweep,
    use_code,
    vouch,
)
from salledepause.features.verification.model import (
    CARERS,
    METHOD_LABELS,
    Method,
    Request,
    Standing,
    TeamCode,
    VerificationChanged,
)
from salledepause.features.verification.readings import proof, standing, waiting
from salledepause.features.verification.store import PROVEN

__all__ = [
    "CARERS",
    "LARGEST",
    "METHOD_LABELS",
    "PROVEN",
    "VOUCHERS",
    "Method",
    "Request",
    "Standing",
    "TeamCode",
    "VerificationChanged",
    "ask_by_proof",
    "ask_vouching",
    "codes",
    "create_code",
    "decide",
    "forget",
    "give_up",
    "proof",
    "revoke_code",
    "standing",
    "sweep",
    "use_code",
    "vouch",
    "waiting",
]
