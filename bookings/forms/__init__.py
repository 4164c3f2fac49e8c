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
    ANY_TIME,
    CONSENT_TEXT,
    CONSENT_VERSION,
    NO_FLAG,
    RED_FLAGS,
    ContactForm,
    CrispyForm,
    OtherTimesForm,
    ReasonForm,
    SafetyForm,
    SourceForm,
    TimeForm,
    level_of,
    slot_groups,
    slot_value,
)
from bookings.forms.managing import (
    FindForm,
    PatientMessageForm,
)

__all__ = [
    "ANY_TIME",
    "AskForm",
    "CONSENT_TEXT",
    "CONSENT_VERSION",
    "ClinicTimeField",
    "ConfirmForm",
    "ContactForm",
    "CrispyForm",
    "DeclineForm",
    "FindForm",
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
    "level_of",
    "slot_groups",
    "slot_value",
]
