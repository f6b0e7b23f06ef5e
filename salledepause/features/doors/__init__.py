"""Open doors (« Portes ouvertes », « Vis ma nuit »): a night or a day of work told hour by hour, open to questions, for a while.

A door is a room of the sort `door`: its rules say who reads, between which instants one speaks, and that only its members do.
Hosts open one (`open_door`), with one diary or a pair; who is asked to keep one agrees (`accept`), and is named then. Entries
are posts of the room. Visitors `ask` beside, unseen by others; a diarist answers by an entry (`answer`, `answer_by`), sets aside,
groups the same question. Nobody's name stands beside a question that was answered; who asked is told of
it, and nobody else. At its time a door ends (`end`, by a job): exact, since whoever writes holds the room and the end waits for
them; questions without an answer are erased, and what was written is read on, as a record. `written` is what its page shows,
`axis` its hours, those of days when clocks change too.
"""

from salledepause.features.doors.actions import (
    accept,
    answer,
    answer_by,
    ask,
    decline,
    finish,
    group,
    open_door,
    set_aside,
    withdraw,
)
from salledepause.features.doors.actions import end as end_now
from salledepause.features.doors.model import (
    MOST_ASKED,
    QUESTION_LENGTH,
    READ_BY,
    SORT,
    TITLE_LENGTH,
    Asked,
    Diary,
    Hour,
    Opening,
    Own,
    Question,
    QuestionAnswered,
    Stage,
    View,
    axis,
    hour_of,
)
from salledepause.features.doors.reactions import end, sweep
from salledepause.features.doors.readings import (
    Mine,
    Written,
    answering,
    known,
    mine,
    one,
    own,
    question,
    queue,
    waiting,
    written,
)

__all__ = [
    "MOST_ASKED",
    "QUESTION_LENGTH",
    "READ_BY",
    "SORT",
    "TITLE_LENGTH",
    "Asked",
    "Diary",
    "Hour",
    "Mine",
    "Opening",
    "Own",
    "Question",
    "QuestionAnswered",
    "Stage",
    "View",
    "Written",
    "accept",
    "answer",
    "answer_by",
    "answering",
    "ask",
    "axis",
    "decline",
    "end",
    "end_now",
    "finish",
    "group",
    "hour_of",
    "known",
    "mine",
    "one",
    "open_door",
    "own",
    "question",
    "queue",
    "set_aside",
    "sweep",
    "waiting",
    "withdraw",
    "written",
]
