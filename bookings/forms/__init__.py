"""All HTTP input, a module each for asking, managing by link, and answering."""

from bookings.forms.answering import (
    AskForm,
    ClinicTimeField,
    ConfirmForm,
    DeclineForm,
    OfferForm,
    ReasonedForm,
    StaffForm,
)
from bookings.forms.asking import (
    CONSENT_TEXT,
    CONSENT_VERSION,
    NO_FLAG,
    RED_FLAGS,
    ContactForm,
    CrispyForm,
    ReasonForm,
    SafetyForm,
    SourceForm,
    level_of,
)
from bookings.forms.managing import (
    AnswerForm,
    FindForm,
    PatientMessageForm,
)
from bookings.forms.times import (
    ANY_TIME,
    WAITING,
    FreeTimes,
    OtherTimesForm,
    TimeForm,
    parse_start,
    slot_value,
)
from bookings.forms.typed import errors_of, typed
from bookings.forms.waiting import DEFAULT_WEEKS, WEEKS, WaitingForm, until

__all__ = [
    "ANY_TIME",
    "AnswerForm",
    "AskForm",
    "CONSENT_TEXT",
    "CONSENT_VERSION",
    "ClinicTimeField",
    "ConfirmForm",
    "DEFAULT_WEEKS",
    "ContactForm",
    "CrispyForm",
    "DeclineForm",
    "FindForm",
    "FreeTimes",
    "NO_FLAG",
    "OfferForm",
    "OtherTimesForm",
    "PatientMessageForm",
    "RED_FLAGS",
    "ReasonForm",
    "ReasonedForm",
    "SafetyForm",
    "SourceForm",
    "StaffForm",
    "TimeForm",
    "WAITING",
    "WEEKS",
    "WaitingForm",
    "errors_of",
    "level_of",
    "parse_start",
    "slot_value",
    "typed",
    "until",
]
