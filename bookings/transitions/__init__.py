"""Every change of a request or an appointment, one function a verb.

Each is atomic: guard the version, check the table, write, record the event, write the outbox row.
`now` is always an argument (UTC). They raise `BookingError`s; views turn those into messages.
"""

from bookings.transitions.absences import (
    booked_ahead,
    enter_absence,
    leave,
    let_holds_lapse,
)
from bookings.transitions.answers import (
    ask_question,
    assign,
    confirm,
    decline,
    mark_spam,
    note,
    offer,
    reopen,
    waitlist,
)
from bookings.transitions.anyway import Against, Anyway, against, held_by
from bookings.transitions.cancel_for import cancel_for
from bookings.transitions.closures import (
    apply_closure,
    displace,
    lock_location,
    remove_closure,
    resource_moved,
    time_zone_changed,
)
from bookings.transitions.contact import (
    ask_new_address,
    change_phone,
    correct_contact,
    prove_address,
)
from bookings.transitions.core import PATIENT, SYSTEM, Actor, disclose, exported, look, staff
from bookings.transitions.delivery import phone, send_again, send_link
from bookings.transitions.duplicates import close_duplicate
from bookings.transitions.erasure import erase, erase_again
from bookings.transitions.expiry import expire, expire_due
from bookings.transitions.lost_links import resend_links
from bookings.transitions.merge import look_at_merge, merge
from bookings.transitions.merge import relations as merging_relations
from bookings.transitions.next_visits import book_next, visit_before
from bookings.transitions.own_calendars import (
    ChangedMeanwhile,
    drop_old,
    remove_calendar,
    replace_address,
    see_clashes,
    set_busy,
)
from bookings.transitions.own_times import (
    CAN_WISH,
    change_wishes,
    hold_again,
    move_own_visit,
)
from bookings.transitions.patient import (
    accept,
    answer,
    ask_to_move,
    come,
    goes_on_waiting,
    keep_appointment,
    refuse,
    resend_link,
    withdraw,
)
from bookings.transitions.places import change_place, concerned, fingerprint
from bookings.transitions.request_data import Answer, Contact, RequestData, new_reference
from bookings.transitions.submit import submit, verify
from bookings.transitions.undo import undo, undoable
from bookings.transitions.visits import arrive, book_for, cancel, correct, fulfil, move, noshow
from bookings.transitions.waiting_list import Waiting, join_waiting_list, leave_waiting_list

__all__ = [
    "ChangedMeanwhile",
    "drop_old",
    "remove_calendar",
    "replace_address",
    "see_clashes",
    "set_busy",
    "Answer",
    "PATIENT",
    "SYSTEM",
    "Actor",
    "Against",
    "Anyway",
    "against",
    "held_by",
    "RequestData",
    "Contact",
    "new_reference",
    "Waiting",
    "accept",
    "answer",
    "ask_new_address",
    "change_phone",
    "correct_contact",
    "prove_address",
    "arrive",
    "ask_question",
    "ask_to_move",
    "come",
    "assign",
    "book_for",
    "book_next",
    "visit_before",
    "cancel",
    "cancel_for",
    "change_place",
    "concerned",
    "time_zone_changed",
    "apply_closure",
    "booked_ahead",
    "enter_absence",
    "leave",
    "let_holds_lapse",
    "close_duplicate",
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
    "fingerprint",
    "fulfil",
    "goes_on_waiting",
    "join_waiting_list",
    "keep_appointment",
    "leave_waiting_list",
    "remove_closure",
    "look",
    "mark_spam",
    "merge",
    "merging_relations",
    "move",
    "resource_moved",
    "noshow",
    "note",
    "offer",
    "phone",
    "refuse",
    "reopen",
    "resend_link",
    "resend_links",
    "CAN_WISH",
    "change_wishes",
    "hold_again",
    "move_own_visit",
    "send_again",
    "send_link",
    "staff",
    "submit",
    "lock_location",
    "look_at_merge",
    "undo",
    "undoable",
    "verify",
    "waitlist",
    "withdraw",
]
