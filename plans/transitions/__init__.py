"""Every change of a plan, one function a verb."""

from plans.transitions.outcomes import answer, ask, goal_of
from plans.transitions.patient import (
    consent_of,
    remind,
    share,
    share_days,
    stop_reminding,
    take_back,
)
from plans.transitions.staff import (
    MOST,
    Wanted,
    add,
    change,
    end,
    make,
    renew,
    save_template,
    send,
)

__all__ = [
    "MOST",
    "Wanted",
    "add",
    "answer",
    "ask",
    "change",
    "consent_of",
    "end",
    "goal_of",
    "make",
    "remind",
    "renew",
    "save_template",
    "send",
    "share",
    "share_days",
    "stop_reminding",
    "take_back",
]
