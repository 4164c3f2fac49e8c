"""Bring the Spanish catalogue up to date with the sources, and compile it. Needs GNU gettext.

    bin/python bin/messages.py

Only what patients read is in the catalogue (PUBLIC below): a new public module or template has to be
listed, and tests/clinic/test_catalogue.py fails while a message of theirs is not translated. New
messages stand in clinic/locale/es/LC_MESSAGES/django.po with an empty `msgstr`; the compiled .mo is
committed beside it, so that running the site needs no gettext.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from install import PYTHON, ROOT

LOCALE = ROOT / "clinic" / "locale"
PUBLIC = [
    "templates/*.html",
    "templates/bookings/public/*.html",
    "templates/clinic/*.html",
    "templates/clinic/components/**/*.html",
    "templates/clinic_forms/**/*.html",
    "templates/education/*.html",
    "templates/education/blocks/*.html",
    "templates/plans/public/*.html",
    "templates/emails/base.*",
    "templates/emails/message.*",
    "templates/emails/_*.html",
    "bookings/schedule/ics.py",
    "bookings/clock.py",
    "bookings/enums.py",
    "bookings/errors.py",
    "bookings/forms/*.py",
    "bookings/messages/to_patients.py",
    "bookings/messages/queue.py",
    "bookings/messages/placeholders.py",
    "bookings/public/**/*.py",
    "clinic/phones.py",
    "bookings/messages/sms.py",
    "bookings/templatetags/clinic_time.py",
    "bookings/transitions/*.py",
    "bookings/validators.py",
    "bookings/messages/defaults_*.py",
    "bookings/messages/kinds.py",
    "clinic/models.py",
    "clinic/views.py",
    "clinic/templatetags/*.py",
    "education/guide/dose.py",
    "education/enums.py",
    "education/handout/make.py",
    "education/models/counts.py",
    "education/models/guides.py",
    "education/models/pages.py",
    "education/guide/practice.py",
    "education/guide/sides.py",
    "education/search.py",
    "education/templatetags/*.py",
    "education/views.py",
    "plans/agreed.py",
    "plans/messages.py",
    "plans/public/*.py",
    "plans/sheet.py",
    "plans/transitions/core.py",
    "plans/transitions/patient.py",
    "plans/transitions/outcomes.py",
]
NOT_PUBLIC = {"bookings/staff/requests/forms.py", "templates/clinic/styleguide.html"}


def sources() -> list[Path]:
    """Every file that holds words for patients."""
    found = {path for pattern in PUBLIC for path in ROOT.glob(pattern)}
    return sorted(path for path in found if path.relative_to(ROOT).as_posix() not in NOT_PUBLIC)


def main() -> int:
    if not shutil.which("msgmerge"):
        sys.exit("GNU gettext is missing: install the package gettext.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in sources():
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        shutil.copytree(LOCALE, folder / "locale", dirs_exist_ok=True)
        env = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        options = ["-l", "es", "--no-location", "--no-obsolete", "--no-wrap", "-e", "html,txt,py"]
        command = [str(PYTHON), "-m", "django", "makemessages", *options]
        subprocess.run(command, cwd=folder, env=env, check=True)
        made = folder / "locale" / "es" / "LC_MESSAGES" / "django.po"
        target = LOCALE / "es" / "LC_MESSAGES" / "django.po"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made, target)
    compiled = ["msgfmt", "--check", "--statistics", "-o", target.with_suffix(".mo"), target]
    return subprocess.run(compiled).returncode


if __name__ == "__main__":
    sys.exit(main())
