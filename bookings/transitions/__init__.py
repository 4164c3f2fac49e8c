"""Every change of a request or an appointment, one function a verb.

Each is atomic: guard the version, check the table, write, record the event, write the outbox row.
`now` is always an argument (UTC). They raise `BookingError`s; views turn those into messages.
"""

from bookings.transitions.answers import (
    ask,
    assign,
    confirm,
    decline,
    mark_spam,
    note,
    offer,
    reopen,
    waitlist,
)
from bookings.transitions.closures import (
    change_clock,
    close,
    displace,
    lift,
    move_house,
    take_turns,
)
from bookings.transitions.core import PATIENT, SYSTEM, Actor, disclose, exported, look, staff
from bookings.transitions.delivery import phone, send_again, send_link
from bookings.transitions.erasure import erase, erase_again
from bookings.transitions.expiry import expire, expire_due
from bookings.transitions.patient import (
    accept,
    answer,
    ask_to_move,
    goes_on_waiting,
    keep,
    refuse,
    resend_link,
    withdraw,
)
from bookings.transitions.submit import Ask, Person, new_reference, submit, verify
from bookings.transitions.undo import undo, undoable
from bookings.transitions.visits import arrive, book_for, cancel, correct, fulfil, move, noshow
from bookings.transitions.waiting_list import Waiting, join_waiting_list, leave_waiting_list

__all__ = [
    "PATIENT",
    "SYSTEM",
    "Actor",
    "Ask",
    "Person",
    "new_reference",
    "Waiting",
    "accept",
    "answer",
    "arrive",
    "ask",
    "ask_to_move",
    "assign",
    "book_for",
    "cancel",
    "change_clock",
    "close",
    "confirm",
    "correct",
    "decline",
    "disclose",
    "displace",
    "erase",
    "erase_again",
    "expire",
    "expire_due",
    "exported",
    "fulfil",
    "goes_on_waiting",
    "join_waiting_list",
    "keep",
    "leave_waiting_list",
    "lift",
    "look",
    "mark_spam",
    "move",
    "move_house",
    "noshow",
    "note",
    "offer",
    "phone",
    "refuse",
    "reopen",
    "resend_link",
    "send_again",
    "send_link",
    "staff",
    "submit",
    "take_turns",
    "undo",
    "undoable",
    "verify",
    "waitlist",
    "withdraw",
]
