"""The clinic's name and phone as this process last read them, for when the database is gone.

An error page that had to ask the database could fail for the very reason it is shown. Before the
first page is served nothing is known, and the error page leaves both out.
"""

from clinic.models import ClinicSettings

name: str = ""
phone: object | None = None


def remember(clinic: ClinicSettings) -> ClinicSettings:
    """Keep `clinic`'s name and phone, and hand it on."""
    global name, phone
    name, phone = clinic.name, clinic.phone
    return clinic
