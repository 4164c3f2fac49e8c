"""Statuses, their groups and the transition tables. Imports nothing of ours."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestStatus(TextChoices):
    """The status of a patient's request."""

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
"""The clinic owes these an answer: they are the inbox."""
REQUEST_ABOUT_A_VISIT = frozenset({R.IN_REVIEW, R.INFO_NEEDED, R.OFFERED})
"""A request with a booked visit may be in these: for example, the patient asked for another time."""

_CLOSING = frozenset({R.WITHDRAWN, R.EXPIRED})
_DECISIONS = frozenset({R.CONFIRMED, R.OFFERED, R.DECLINED, R.SPAM})
_WORKING = frozenset({R.IN_REVIEW, R.INFO_NEEDED, R.WAITLISTED})

REQUEST_TRANSITIONS: dict[RequestStatus, frozenset[RequestStatus]] = {
    R.UNVERIFIED: frozenset({R.SUBMITTED, R.SPAM}) | _CLOSING,
    R.SUBMITTED: _WORKING | _DECISIONS | _CLOSING,
    R.IN_REVIEW: _WORKING | _DECISIONS | _CLOSING,
    R.INFO_NEEDED: _WORKING | _DECISIONS | _CLOSING,
    R.WAITLISTED: _WORKING | _DECISIONS | _CLOSING,
    # IN_REVIEW: the offer was refused, lapsed or withdrawn. OFFERED: a new set of times.
    # WAITLISTED: the same as IN_REVIEW, for somebody who stays on the waiting list.
    R.OFFERED: frozenset({R.CONFIRMED, R.IN_REVIEW, R.OFFERED, R.WAITLISTED, R.DECLINED})
    | _CLOSING,
    # IN_REVIEW: the patient or the clinic needs another time; the old one stays booked until the swap.
    # CONFIRMED: staff moved the visit to a time agreed with the patient.
    R.CONFIRMED: frozenset({R.IN_REVIEW, R.OFFERED, R.CONFIRMED, R.WITHDRAWN, R.DECLINED}),
    # Undo, with permission and a reason.
    R.DECLINED: frozenset({R.IN_REVIEW}),
    R.SPAM: frozenset({R.IN_REVIEW}),
    # Only where staff recorded it for the patient.
    R.WITHDRAWN: frozenset({R.IN_REVIEW}),
    R.EXPIRED: frozenset({R.IN_REVIEW}),
}


REQUEST_UNDONE: dict[RequestStatus, frozenset[RequestStatus]] = {
    R.WITHDRAWN: frozenset({R.CONFIRMED, R.WAITLISTED}),
}
"""Where `undo` alone leads as well."""


class AppointmentStatus(TextChoices):
    """The status of a time in the diary: FHIR R4 Appointment.status codes."""

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
"""A visit in one of these owns its cells in the diary; in any other it owns none."""
APPOINTMENT_CAN_LAPSE = frozenset({A.PROPOSED, A.PENDING})
"""Held until a given moment: the patient's first choice, and offered times."""
APPOINTMENT_FINAL = frozenset({A.FULFILLED, A.CANCELLED, A.NOSHOW, A.ENTERED_IN_ERROR})
APPOINTMENT_ACTIVE = frozenset({A.PROPOSED, A.BOOKED, A.ARRIVED})
"""A request has at most one visit in these; offered times come on top."""

APPOINTMENT_TRANSITIONS: dict[AppointmentStatus, frozenset[AppointmentStatus]] = {
    A.PROPOSED: frozenset({A.BOOKED, A.CANCELLED, A.ENTERED_IN_ERROR}),
    A.PENDING: frozenset({A.BOOKED, A.CANCELLED, A.ENTERED_IN_ERROR}),
    A.BOOKED: frozenset({A.ARRIVED, A.NOSHOW, A.CANCELLED, A.ENTERED_IN_ERROR}),
    A.ARRIVED: frozenset({A.FULFILLED, A.BOOKED, A.ENTERED_IN_ERROR}),
    A.FULFILLED: frozenset({A.ARRIVED}),
    A.NOSHOW: frozenset({A.BOOKED}),
    A.CANCELLED: frozenset({A.BOOKED}),
    A.ENTERED_IN_ERROR: frozenset(),
}


class CancelledBecause(TextChoices):
    """Why a time in the diary was cancelled: for reports and for reading the table."""

    MOVED = "moved"
    OTHER_TIME = "other-time"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    SPAM = "spam"
    TAKEN_BACK = "taken-back"
    UNDONE = "undone"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_LATE = "withdrawn-late"
    KEPT = "kept"
    LAPSED = "lapsed"
    ENOUGH = "enough"
    TAKEN = "taken"
    CLINIC = "clinic"
    ERASED = "erased"


BY_THE_PATIENT = frozenset({CancelledBecause.WITHDRAWN, CancelledBecause.WITHDRAWN_LATE})
"""Late: within the notice that the service asks for."""


class KindOfVisit(TextChoices):
    CLINIC = "clinic", _("in the clinic")
    TELEPHONE = "telephone", _("by telephone")
    VIDEO = "video", _("by video")


INSTEAD_OF_A_PLACE = {
    KindOfVisit.TELEPHONE: _("By telephone: we call you"),
    KindOfVisit.VIDEO: _("By video"),
}
GETTING_THERE = {
    "entrance_and_lift": _("Entrance and lift"),
    "parking": _("Parking"),
    "public_transport": _("Public transport"),
}
"""The fields of a location that say how to get there, and their labels on pages and in mails."""


class ResourceKind(TextChoices):
    PRACTITIONER = "practitioner", _("practitioner")
    ROOM = "room", _("room")


class ExceptionKind(TextChoices):
    CLOSED = "closed", _("closed")
    OPEN = "open", _("extra opening")


class ContactBy(TextChoices):
    EMAIL = "email", _("Email")
    PHONE = "phone", _("Phone")


class Whom(TextChoices):
    """Who a consultation is asked for."""

    ME = "me", _("For me")
    OTHER = "other", _("For someone else, such as my child")


# Requests from before the questions were content have keys without words.
FIRST_REASONS = {
    "tight": _("The hip or the front of the thigh feels tight"),
    "pain": _("The hip, groin or lower back hurts"),
    "exercise-help": _("Help to do the exercises well"),
    "sport": _("Getting ready for sport, or going back to it"),
    "other": _("Something else"),
}
FIRST_GOALS = {
    "sit": _("Sit with less stiffness"),
    "walk": _("Walk or stand more easily"),
    "sport": _("Do sport"),
    "learn": _("Learn a routine for home"),
    "unsure": _("Not sure yet"),
}


class CareLevel(TextChoices):
    """How pressing an answer to the safety questions is, the most pressing first."""

    EMERGENCY = "emergency", _("emergency: 999 or A&E now")
    URGENT = "urgent", _("urgent: GP or 111 today")
    SOON = "soon", _("soon: a doctor, within the days given")
    HOLD = "hold", _("ask first: a doctor or the treating team has to agree")
    CONTINUE = "continue", _("continue")


CLEARABLE = frozenset({CareLevel.SOON, CareLevel.HOLD})
"""Where it counts that a doctor has looked at it. Nothing clears an emergency, or what is urgent."""


STOPS = frozenset({CareLevel.EMERGENCY, CareLevel.URGENT})
"""Needs other help than a consultation, and today: such a request is never taken."""


def most_pressing(levels: Iterable[str]) -> CareLevel:
    found = set(levels)
    return next((level for level in CareLevel if level in found), CareLevel.CONTINUE)


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
    """Why a request may have been sent by a bot. Staff see it and decide."""

    TRAP = "trap", _("a hidden field was filled in")
    FAST = "fast", _("it was filled in faster than anybody can read")


class ActorKind(TextChoices):
    PATIENT = "patient", _("patient")
    STAFF = "staff", _("staff")
    SYSTEM = "system", _("the system")


class DeclineReason(TextChoices):
    NO_TIME = "no-time", _("We do not have a time that suits you")
    NOT_OURS = "not-ours", _("Another service fits better")
    SEE_DOCTOR = "see-doctor", _("Please see a doctor first")
    NO_CONTACT = "no-contact", _("We could not reach you")
    CLOSED = "closed", _("We are closed at that time")
    OTHER = "other", _("Another reason")
    DUPLICATE = "duplicate", _("They asked twice")


TOLD_REASONS = [reason for reason in DeclineReason if reason != DeclineReason.DUPLICATE]
"""Those that a decline may give; a duplicate is closed without a word."""


class ErasureReason(TextChoices):
    ASKED = "asked", _("The person asked for it")
    CONSENT = "consent", _("The person withdrew their consent")
    MISTAKE = "mistake", _("Entered by mistake, or to try the site out")
    RETENTION = "retention", _("Kept for the longest time allowed")
    REPLAYED = "replayed", _("Erased earlier, and restored from a backup")


class Verb(TextChoices):
    """What happened to a request, and the words for its history. A transition's verb has its name."""

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
    CLOSE_DUPLICATE = "close_duplicate", _("closed it: they had asked twice")
    REOPEN = "reopen", _("reopened it")
    ACCEPT = "accept", _("accepted an offered time")
    REFUSE = "refuse", _("accepted none of the offered times")
    WITHDRAW = "withdraw", _("cancelled")
    ASK_TO_MOVE = "ask_to_move", _("asked for another time")
    KEEP_APPOINTMENT = "keep", _("kept the booked time")
    ANSWER = "answer", _("answered the question")
    COME = "come", _("says that they are coming")
    ARRIVE = "arrive", _("noted the arrival")
    FULFIL = "fulfil", _("noted that the visit took place")
    NOSHOW = "noshow", _("noted that the patient did not come")
    CANCEL = "cancel", _("cancelled the visit")
    CANCEL_FOR = "cancel_for", _("cancelled it, as the patient asked")
    UNDO = "undo", _("undid the answer")
    NOTE = "note", _("noted")
    MOVE = "move", _("moved the visit")
    HOLD_AGAIN = "hold_again", _("took the held time again")
    CHANGE_WISHES = "change_wishes", _("changed the times asked for")
    CHANGE_PLACE = "change_place", _("changed the place or time zone of the visit")
    EXPORT = "export", _("exported it")
    CORRECT_CONTACT = "correct_contact", _("corrected the contact details")
    CHANGE_ADDRESS = "change_address", _("entered a new email address")
    CORRECT = "correct", _("corrected what was recorded")
    DISPLACE = "displace", _("closed the clinic at that time")
    BOOK_ANYWAY = "book_anyway", _("booked a time that is not free")
    BOOK_NEXT = "book_next", _("booked the next visit")
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
"""The clinic's answers. The first one meets the promise."""
VERBS_THAT_CAN_BE_UNDONE = VERBS_THAT_ANSWER | {Verb.CANCEL_FOR}
"""By staff, until its message is sent."""
VERBS_THAT_WITHDRAW = frozenset({Verb.WITHDRAW, Verb.CANCEL_FOR})
"""The patient cancels: on their page, or by telling the desk."""
VERBS_THAT_READ = (Verb.LOOK, Verb.DISCLOSE, Verb.ERASE, Verb.EXPORT)
"""What the access log shows. An index has these, in this order."""
VERBS_AFTER_A_CLOSURE = frozenset(
    {Verb.REFUSE, Verb.LAPSE_OFFER, Verb.KEEP_APPOINTMENT, Verb.OFFER, Verb.DISPLACE}
)
"""The latest of these shows whether a patient displaced by a closure has a new time yet."""


class StaffKind(TextChoices):
    """What staff are told of, in the words of the page where each person chooses."""

    NEW = "new", _("New requests")
    ANSWER = "answer", _("Answers and corrections, and offers accepted, refused or lapsed")
    CHANGE = "change", _("Visits that patients cancel, move or want to move")
    WAITING = "waiting", _("The waiting list")
    COMING = "coming", _("Patients who say that they are coming")
    PROMISE = "promise", _("An answer that is due soon")
    UNDELIVERED = "undelivered", _("Messages that did not arrive")
    ATTACK = "attack", _("Somebody may be blocking the diary")
    ABSENCE = "absence", _("Practitioners who enter an absence")
    OWN_VISIT = "own_visit", _("My own visits: booked, moved or cancelled")
    OWN_CALENDAR = "own_calendar", _("Practitioners’ own calendars: visits that clash with them")


class CalendarProblem(TextChoices):
    """Why a practitioner's own calendar could not be read, and what helps."""

    REFUSED = "refused", _("The address is none that this site may ask. Please copy it once more.")
    UNREACHABLE = "unreachable", _("Its server does not answer, or not in time. We keep trying.")
    GONE = "gone", _("Its server does not know the address any more. Please copy a new one.")
    NOT_NOW = "not_now", _("Its server refuses to answer just now. We keep trying.")
    NO_CALENDAR = (
        "no_calendar",
        _("There is no calendar at this address. Is it the one that ends in .ics?"),
    )
    TOO_MUCH = "too_much", _("There are too many events in it. Choose a calendar with fewer.")
    SEALED = (
        "sealed",
        _("The address was lost when the server’s key changed. Please enter it again."),
    )


class TellWhen(TextChoices):
    """When a member of staff gets a mail about a kind."""

    AT_ONCE = "at_once", _("at once")
    BUNDLED = "bundled", _("every hour at most, in working hours")
    NEVER = "never", _("no mail")


class WebhookKind(TextChoices):
    """What the clinic's own systems are told of. The value stands in the message."""

    BOOKED = "visit.booked", _("booked")
    MOVED = "visit.moved", _("moved")
    CANCELLED = "visit.cancelled", _("cancelled")
    ARRIVED = "visit.arrived", _("arrived")
    NOSHOW = "visit.noshow", _("did not come")
    TEST = "webhook.test", _("test")


class DeliveryStatus(TextChoices):
    WAITING = "waiting", _("waiting")
    SENT = "sent", _("delivered")
    DEAD = "dead", _("given up")


class PausedBecause(TextChoices):
    """Why nothing is sent to an address."""

    OWNER = "owner", _("You paused it.")
    GONE = "gone", _("Paused by itself: the address answered that it is gone (410).")
    FAILING = "failing", _("Paused by itself: it has failed for days.")
