"""The barometer: how tense a room is, said to whoever may read it, with its reasons; brakes where it is red, and lifts by itself.

A job (`gauge`) reads what was said in rooms for the last hour, once each (`language`): sharp words, many answers to one person
at once, reports. Each person counts up to three, however much they do, and only once their account is a week old; fewer than five
people move nothing. What that comes to is a pure rule (`model.measured`, `model.settled`), told on a page with its numbers.
Red slows the room (`rooms.brake`), alerts who keeps it (`Reddened`) and has its posts read calmest first (`sharp_in`); it is left
at a lower bar than it is entered, after ten minutes at least. `lift` begins anew, `switch` ends or resumes it. Rooms where
words end, where nothing is counted or that have a term have none (`gauged`): nobody is measured in la soupape.
"""

from salledepause.features.barometer.actions import Dial, dial, keeps, kept_dial, lift, sharp_in, switch, tense_ones
from salledepause.features.barometer.gauging import gauge
from salledepause.features.barometer.model import (
    BRAKE,
    CROWD,
    CROWDED_WITHIN,
    FEWEST,
    HEAT,
    LEFT_BELOW,
    MOST_OF_ONE,
    REST,
    SHARE,
    VOLUME,
    WEIGHTS,
    WINDOW,
    Reason,
    Reddened,
    State,
    gauged,
)

__all__ = [
    "BRAKE",
    "CROWD",
    "CROWDED_WITHIN",
    "FEWEST",
    "HEAT",
    "LEFT_BELOW",
    "MOST_OF_ONE",
    "REST",
    "SHARE",
    "VOLUME",
    "WEIGHTS",
    "WINDOW",
    "Dial",
    "Reason",
    "Reddened",
    "State",
    "dial",
    "gauge",
    "gauged",
    "keeps",
    "kept_dial",
    "lift",
    "sharp_in",
    "switch",
    "tense_ones",
]
