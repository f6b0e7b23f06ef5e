"""The shield: what hurts waits, unread, until one chooses; and what friends agreed on does not hurt. Its sender sees nothing.

Off until one wears it (`wear`). A mention, answer or quote is covered as it is written (`posts.cover`: no list, stream or
alert has it), judged by a job (`judge`) and shown at once, or held in the sas: `sas` and `summary` tell its kind, target and
hour, not its words, until it is `opened`. `let_through` teaches its wearer's shield, `keep` and `discard` put away, `restore`
puts back. `tell` is the digest at a chosen hour. A person of trust (`trusted`) may sort, and reads nothing private. `trend`
counts weeks for their wearer alone, `evidence` is what they keep for a complaint, `proving` whether a file of it is as it was
made. `duels`: two friends who agreed are read as friends. `crowds` slows a thread where many strangers answer one person.
What a verdict comes to is a pure rule (`model.waits`): docs/shield.md.
"""

from salledepause.features.shield import crowds, duels, evidence, proving, trusted
from salledepause.features.shield.actions import (
    add_word,
    choose_digest,
    discard,
    drop_word,
    item,
    keep,
    let_through,
    opened,
    restore,
    sas,
    sas_of,
    shield,
    summary,
    take_off,
    trend,
    wear,
    words,
)
from salledepause.features.shield.duels import Duel
from salledepause.features.shield.evidence import File, Piece, Proof
from salledepause.features.shield.model import (
    KINDS,
    TARGETS,
    TIES,
    Case,
    Counted,
    Digest,
    Item,
    JudgeDue,
    Shield,
    Tie,
    Week,
    digest_due,
    summed,
    waits,
)
from salledepause.features.shield.proving import Brought, Checked
from salledepause.features.shield.reactions import edited, judge, let_by, published, quoted, sweep, tell
from salledepause.features.shield.trusted import Help

__all__ = [
    "KINDS",
    "TARGETS",
    "TIES",
    "Brought",
    "Case",
    "Checked",
    "Counted",
    "Digest",
    "Duel",
    "File",
    "Help",
    "Item",
    "JudgeDue",
    "Piece",
    "Proof",
    "Shield",
    "Tie",
    "Week",
    "add_word",
    "choose_digest",
    "crowds",
    "digest_due",
    "discard",
    "drop_word",
    "duels",
    "edited",
    "evidence",
    "item",
    "judge",
    "keep",
    "let_by",
    "let_through",
    "opened",
    "proving",
    "published",
    "quoted",
    "restore",
    "sas",
    "sas_of",
    "shield",
    "summary",
    "summed",
    "sweep",
    "take_off",
    "tell",
    "trend",
    "trusted",
    "waits",
    "wear",
    "words",
]
