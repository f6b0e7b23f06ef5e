"""La ronde: for a quarter of an hour a victory is congratulated by whoever may read it; what was said stays as a keepsake.

`clap` gives a clap, with a word, a sign, without one's name if one wishes, once each; the first opens the wave. Hundreds who clap
at once are written together, a row each: nothing is counted but when it is read. `of` says how waves stand, `heard` what claps
say, `left` how many of the day's five one still has to give. When its time is over `end` keeps what was said and forgets who gave
what without their name. A family shows once somebody of it claps under their name and shows it; of those who clap without, from
five on (docs/decisions/0016). `month` lists the small victories of a month, dealt anew each day: nobody is ranked. Whoever wants
it is asked once a week for a small victory (`ask`), outside their quiet hours.
"""

from salledepause.features.waves.actions import unsay, want_question, wants_question
from salledepause.features.waves.giving import clap
from salledepause.features.waves.model import (
    A_DAY,
    FEWEST,
    LASTS,
    SIGNS,
    WORD_LENGTH,
    Clap,
    Said,
    Wave,
    WaveMoved,
    given,
    month_before,
    month_of,
    next_month,
    question_day,
)
from salledepause.features.waves.past import write
from salledepause.features.waves.reactions import ask, barred, end, forget_account, sweep
from salledepause.features.waves.readings import claps_there, heard, held_in, left, month, of, open_now
from salledepause.features.waves.store import given_by

__all__ = [
    "A_DAY",
    "FEWEST",
    "LASTS",
    "SIGNS",
    "WORD_LENGTH",
    "Clap",
    "Said",
    "Wave",
    "WaveMoved",
    "ask",
    "barred",
    "clap",
    "claps_there",
    "end",
    "forget_account",
    "given",
    "given_by",
    "heard",
    "held_in",
    "left",
    "month",
    "month_before",
    "month_of",
    "next_month",
    "of",
    "open_now",
    "question_day",
    "sweep",
    "unsay",
    "want_question",
    "wants_question",
    "write",
]
