"""The French language engine: what a text says, judged on the community's own machine; no text ever leaves it.

`remarks` tells which card answers a text, or none when that is not sure; `mentions` what a text does to whom it is sent, by
what its author is to them; `secret` what in a text lets somebody be recognised, and `advice` how to say that otherwise; `limit`
how far a text goes. Each verdict says why. All are pure functions of texts: the same text is always told the same. `Engine` holds
what was learned; `quick` is its first pass alone (for web processes, some milliseconds a text), `full` adds the sentence encoder
(for the worker). `examples.jsonl` of every confirmation makes a `desk` surer: learn it anew with all the texts that were
confirmed. `docs/language.md` says what each reaches, how that was measured, and what fails.
"""

from salledepause.features.language.desks import Desk
from salledepause.features.language.engine import Engine, check, choose, desk, full, mentions, quick, remarks, secret
from salledepause.features.language.evaluation import Figure
from salledepause.features.language.evaluation import everything as measured
from salledepause.features.language.limits import GROUNDS, TARGETED, Ground, Limit, Softer, ground_of, limit, preload, softened
from salledepause.features.language.model import (
    HOSTILE,
    KINDS,
    LABELS,
    RELATIONS,
    TARGETS,
    ZONES,
    Candidate,
    Card,
    Example,
    Mention,
    MentionVerdict,
    Relation,
    RemarkVerdict,
    SecretVerdict,
    Span,
)
from salledepause.features.language.rewriting import Advice, Hint, advice, may_tell, pointed, rewritten
from salledepause.features.language.training import Lesson
from salledepause.features.language.training import write as learn

__all__ = [
    "GROUNDS",
    "HOSTILE",
    "KINDS",
    "LABELS",
    "RELATIONS",
    "TARGETED",
    "TARGETS",
    "ZONES",
    "Advice",
    "Candidate",
    "Card",
    "Desk",
    "Engine",
    "Example",
    "Figure",
    "Ground",
    "Hint",
    "Lesson",
    "Limit",
    "Mention",
    "MentionVerdict",
    "Relation",
    "RemarkVerdict",
    "SecretVerdict",
    "Softer",
    "Span",
    "advice",
    "check",
    "choose",
    "desk",
    "full",
    "ground_of",
    "learn",
    "limit",
    "may_tell",
    "measured",
    "mentions",
    "pointed",
    "preload",
    "quick",
    "remarks",
    "rewritten",
    "secret",
    "softened",
]
