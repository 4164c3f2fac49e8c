"""The clinic's name, phone and colours as this process last read them, for when the database is gone.

An error page that had to ask the database could fail for the very reason it is shown. Before the
first page is served nothing is known, and the error page leaves both out.
"""

from clinic.models import ClinicSettings

name: str = ""
phone: object | None = None
palette: str = ""


def remember(clinic: ClinicSettings) -> ClinicSettings:
    """Keep what error pages say of `clinic`, and hand it on."""
    global name, phone, palette
    name, phone, palette = clinic.name, clinic.phone, clinic.palette
    return clinic


def context() -> dict[str, object]:
    """For the templates that stand alone."""
    return {"name": name, "phone": phone, "palette": palette}
