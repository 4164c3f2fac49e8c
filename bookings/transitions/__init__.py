"""Every change of a request or an appointment, one function a verb.

Each is atomic: guard the version, check the table, write, record the event, write the outbox row.
`now` is always an argument (UTC). They raise `BookingError`s; views turn those into messages.
"""

from bookings.transitions.answering import (
    ask,
    assign,
    confirm,
    decline,
    mark_spam,
    offer,
    reopen,
    waitlist,
)
from bookings.transitions.asking import Ask, Person, new_reference, submit, verify
from bookings.transitions.closing import (
    change_clock,
    close,
    displace,
    lift,
    move_house,
    take_turns,
)
from bookings.transitions.core import PATIENT, SYSTEM, Actor, staff
from bookings.transitions.delivering import phone, send_again, send_link
from bookings.transitions.erasing import erase, erase_again
from bookings.transitions.expiring import expire, expire_due
from bookings.transitions.looking import disclose, exported, look
from bookings.transitions.managing import (
    accept,
    answer,
    ask_to_move,
    goes_on_waiting,
    keep,
    refuse,
    resend_link,
    withdraw,
)
from bookings.transitions.moving import book_for, move
from bookings.transitions.noting import note
from bookings.transitions.undoing import undo, undoable
from bookings.transitions.visiting import arrive, cancel, correct, fulfil, noshow
from bookings.transitions.waiting import Waiting, join_waiting_list, leave_waiting_list

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
