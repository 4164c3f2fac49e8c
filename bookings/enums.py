"""Statuses, their groups and the transition tables. Imports nothing of ours."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestStatus(TextChoices):
    """Where the conversation about a patient's ask stands."""

    UNVERIFIED = "unverified", _("email not confirmed")
    SUBMITTED = "submitted", _("new")
    IN_REVIEW = "in_review", _("in review")
    INFO_NEEDED = "info_needed", _("question asked")
    WAITLISTED = "waitlisted", _("on the waiting list")
    OFFERED = "offered", _("time offered")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("cancelled by the patient")
    EXPIRED = "expired", _("expired")
    SPAM = "spam", _("spam")


R = RequestStatus

REQUEST_OPEN = frozenset(
    {R.UNVERIFIED, R.SUBMITTED, R.IN_REVIEW, R.INFO_NEEDED, R.WAITLISTED, R.OFFERED}
)
REQUEST_FINAL = frozenset({R.DECLINED, R.WITHDRAWN, R.EXPIRED, R.SPAM})
REQUEST_NEEDS_ANSWER = frozenset({R.SUBMITTED, R.IN_REVIEW})
"""What the clinic owes an answer: the inbox."""
REQUEST_ABOUT_A_VISIT = frozenset({R.IN_REVIEW, R.INFO_NEEDED, R.OFFERED})
"""Where a request may stand while its visit is booked: the patient asked for another time, say."""

_CLOSING = frozenset({R.WITHDRAWN, R.EXPIRED})
_DECISIONS = frozenset({R.CONFIRMED, R.OFFERED, R.DECLINED, R.SPAM})
_WORKING = frozenset({R.IN_REVIEW, R.INFO_NEEDED, R.WAITLISTED})

REQUEST_TRANSITIONS: dict[RequestStatus, frozenset[RequestStatus]] = {
    R.UNVERIFIED: frozenset({R.SUBMITTED, R.SPAM}) | _CLOSING,
    R.SUBMITTED: _WORKING | _DECISIONS | _CLOSING,
    R.IN_REVIEW: _WORKING | _DECISIONS | _CLOSING,
    R.INFO_NEEDED: _WORKING | _DECISIONS | _CLOSING,
    R.WAITLISTED: _WORKING | _DECISIONS | _CLOSING,
    # IN_REVIEW: refused, lapsed or taken back. OFFERED again: another set of times.
    # WAITLISTED: refused, lapsed or taken back, of someone who goes on waiting.
    R.OFFERED: frozenset({R.CONFIRMED, R.IN_REVIEW, R.OFFERED, R.WAITLISTED, R.DECLINED})
    | _CLOSING,
    # IN_REVIEW: the patient asks to move, or the clinic must; the old time stays until the swap.
    # CONFIRMED again: staff move the visit to a time agreed with the patient.
    R.CONFIRMED: frozenset({R.IN_REVIEW, R.OFFERED, R.CONFIRMED, R.WITHDRAWN, R.DECLINED}),
    # Undo, with permission and a reason.
    R.DECLINED: frozenset({R.IN_REVIEW}),
    R.SPAM: frozenset({R.IN_REVIEW}),
    R.WITHDRAWN: frozenset(),
    R.EXPIRED: frozenset({R.IN_REVIEW}),
}


class AppointmentStatus(TextChoices):
    """FHIR R4 Appointment.status codes, for a time in the diary."""

    PROPOSED = "proposed", _("asked for, held")
    PENDING = "pending", _("offered, held")
    BOOKED = "booked", _("booked")
    ARRIVED = "arrived", _("arrived")
    FULFILLED = "fulfilled", _("visit done")
    CANCELLED = "cancelled", _("cancelled")
    NOSHOW = "noshow", _("did not come")
    ENTERED_IN_ERROR = "entered-in-error", _("entered in error")


A = AppointmentStatus

APPOINTMENT_HOLDING = frozenset({A.PROPOSED, A.PENDING, A.BOOKED, A.ARRIVED})
"""Each of these owns its cells in the diary; every other status owns none."""
APPOINTMENT_CAN_LAPSE = frozenset({A.PROPOSED, A.PENDING})
"""Held until a moment: the first choice, and what is offered."""
APPOINTMENT_FINAL = frozenset({A.FULFILLED, A.CANCELLED, A.NOSHOW, A.ENTERED_IN_ERROR})
APPOINTMENT_ACTIVE = frozenset({A.PROPOSED, A.BOOKED, A.ARRIVED})
"""At most one of these a request; offered times stand beside them."""

APPOINTMENT_TRANSITIONS: dict[AppointmentStatus, frozenset[AppointmentStatus]] = {
    A.PROPOSED: frozenset({A.BOOKED, A.CANCELLED, A.ENTERED_IN_ERROR}),
    A.PENDING: frozenset({A.BOOKED, A.CANCELLED, A.ENTERED_IN_ERROR}),
    A.BOOKED: frozenset({A.ARRIVED, A.NOSHOW, A.CANCELLED, A.ENTERED_IN_ERROR}),
    A.ARRIVED: frozenset({A.FULFILLED, A.BOOKED, A.ENTERED_IN_ERROR}),
    A.FULFILLED: frozenset({A.ARRIVED}),
    A.NOSHOW: frozenset({A.BOOKED}),
    A.CANCELLED: frozenset(),
    A.ENTERED_IN_ERROR: frozenset(),
}


class CancelledBecause(TextChoices):
    """Why a time in the diary ended: for the reports, and for whoever reads the rows."""

    MOVED = "moved"
    OTHER_TIME = "other-time"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    SPAM = "spam"
    TAKEN_BACK = "taken-back"
    UNDONE = "undone"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"
    LAPSED = "lapsed"
    ENOUGH = "enough"
    TAKEN = "taken"
    CLINIC = "clinic"
    ERASED = "erased"


class ResourceKind(TextChoices):
    PRACTITIONER = "practitioner", _("practitioner")
    ROOM = "room", _("room")


class ExceptionKind(TextChoices):
    CLOSED = "closed", _("closed")
    OPEN = "open", _("extra opening")


class ContactBy(TextChoices):
    EMAIL = "email", _("Email")
    PHONE = "phone", _("Phone")


class Reason(TextChoices):
    """What the consultation is for; structured, so that free text stays short."""

    TIGHT = "tight", _("My hip or the front of my thigh feels tight")
    PAIN = "pain", _("My hip, groin or lower back hurts")
    EXERCISE_HELP = "exercise-help", _("I want help to do the exercises well")
    SPORT = "sport", _("I want to get ready for sport, or go back to it")
    OTHER = "other", _("Something else")


class Goal(TextChoices):
    SIT = "sit", _("Sit with less stiffness")
    WALK = "walk", _("Walk or stand more easily")
    SPORT = "sport", _("Do sport")
    LEARN = "learn", _("Learn a routine for home")
    UNSURE = "unsure", _("I am not sure yet")


class Side(TextChoices):
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    BOTH = "both", _("Both")
    UNSURE = "unsure", _("Not sure, or it does not matter")


class DayPart(TextChoices):
    MORNING = "morning", _("Mornings")
    AFTERNOON = "afternoon", _("Afternoons")
    EVENING = "evening", _("Evenings")


class Suspicion(TextChoices):
    """Why a request may not come from a person. Staff see it and decide."""

    TRAP = "trap", _("a field that nobody sees was filled in")
    FAST = "fast", _("it was filled in faster than anybody reads")


class ActorKind(TextChoices):
    PATIENT = "patient", _("patient")
    STAFF = "staff", _("staff")
    SYSTEM = "system", _("the system")


class DeclineReason(TextChoices):
    NO_TIME = "no-time", _("We have no time that suits")
    NOT_OURS = "not-ours", _("Another service fits better")
    SEE_DOCTOR = "see-doctor", _("Please see a doctor first")
    NO_CONTACT = "no-contact", _("We could not reach you")
    CLOSED = "closed", _("We are closed at that time")
    OTHER = "other", _("Another reason")


class ErasureReason(TextChoices):
    ASKED = "asked", _("The person asked for it")
    CONSENT = "consent", _("The person took their consent back")
    MISTAKE = "mistake", _("Entered by mistake, or to try the site out")
    RETENTION = "retention", _("Kept for as long as we may")
    REPLAYED = "replayed", _("Erased earlier, and came back with a backup")


class Verb(TextChoices):
    """What happened to a request, in words for its history. A transition and its verb share a name."""

    SUBMIT = "submit", _("asked for a consultation")
    VERIFY = "verify", _("confirmed the address")
    EXPIRE = "expire", _("closed it: the address was never confirmed")
    LAPSE = "lapse", _("released a held time")
    LAPSE_OFFER = "lapse_offer", _("ended the offer: nobody answered in time")
    LAPSE_WISH = (
        "lapse_wish",
        _("closed the rescheduling request: our question was not answered before the visit"),
    )
    ASSIGN = "assign", _("assigned it")
    CONFIRM = "confirm", _("confirmed")
    OFFER = "offer", _("offered other times")
    DECLINE = "decline", _("declined")
    ASK_QUESTION = "ask", _("asked a question")
    WAITLIST = "waitlist", _("put it on the waiting list")
    JOIN_WAITING_LIST = "join_waiting_list", _("joined the waiting list")
    CHANGE_WAITING = "change_waiting", _("changed when they can come")
    LEAVE_WAITING_LIST = "leave_waiting_list", _("left the waiting list")
    END_WAITING = "end_waiting", _("took it off the waiting list: time was up")
    MARK_SPAM = "mark_spam", _("marked it as spam")
    REOPEN = "reopen", _("reopened it")
    ACCEPT = "accept", _("accepted an offered time")
    REFUSE = "refuse", _("accepted none of the offered times")
    WITHDRAW = "withdraw", _("cancelled")
    ASK_TO_MOVE = "ask_to_move", _("asked for another time")
    KEEP_APPOINTMENT = "keep", _("kept the booked time")
    ANSWER = "answer", _("answered the question")
    ARRIVE = "arrive", _("noted the arrival")
    FULFIL = "fulfil", _("noted that the visit took place")
    NOSHOW = "noshow", _("noted that the patient did not come")
    CANCEL = "cancel", _("cancelled the visit")
    UNDO = "undo", _("undid the answer")
    NOTE = "note", _("noted")
    MOVE = "move", _("moved the visit")
    EXPORT = "export", _("exported it")
    CORRECT = "correct", _("corrected what was recorded")
    DISPLACE = "displace", _("closed the clinic at that time")
    BOOK_FOR = "book_for", _("booked it on the phone")
    SEND_AGAIN = "send_again", _("sent the message again")
    SEND_LINK = "send_link", _("mailed a link to the patient's page")
    PHONE = "phone", _("phoned the patient")
    LOOK = "look", _("looked at it")
    DISCLOSE = "disclose", _("handed out what we keep about the person")
    ERASE = "erase", _("erased the person")


VERBS_THAT_ANSWER = frozenset(
    {Verb.CONFIRM, Verb.OFFER, Verb.DECLINE, Verb.ASK_QUESTION, Verb.WAITLIST}
)
"""The clinic's answers: the first keeps the promise; each can be undone until its message leaves."""
VERBS_AFTER_A_CLOSURE = frozenset(
    {Verb.REFUSE, Verb.LAPSE_OFFER, Verb.KEEP_APPOINTMENT, Verb.OFFER, Verb.DISPLACE}
)
"""What tells how far the clinic and a displaced patient have got."""
