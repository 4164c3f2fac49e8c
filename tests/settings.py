"""The project's settings with what only tests need: a folder of their own, quick hashes."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "CLINIC_TESTS" not in os.environ:
    # Made once: the processes that tests start use the same folder, and leave it alone.
    os.environ["CLINIC_TESTS"] = tempfile.mkdtemp(prefix="clinic-tests-")
    atexit.register(shutil.rmtree, os.environ["CLINIC_TESTS"], ignore_errors=True)
TESTS = Path(os.environ["CLINIC_TESTS"])
# Whoever has a .env or a running site keeps both to themselves.
os.environ |= {"ENV_FILE": os.devnull, "CLINIC_MODE": "local", "VAR_DIR": str(TESTS)}

from clinic.settings import *  # noqa: E402, F403
from clinic.settings import LIMITS, STATIC_ROOT, STORAGES  # noqa: E402

OF_ONE = {"login-account", "mail"}

STATIC_ROOT.mkdir(exist_ok=True)

# A test's changes are rolled back and never announced; tests of what is cached turn this on.
KEEP_PAGES = "KEEP_PAGES_IN_TESTS" in os.environ
# Tests move the clock by days while somebody is logged in; tests/accounts sets the real limits.
SESSION_HOURS = 24 * 365
SESSION_IDLE_MINUTES = SESSION_HOURS * 60
SESSION_COOKIE_AGE = SESSION_IDLE_MINUTES * 60

# All visitors of a test come from one address; tests of limits use the real ones.
REAL_LIMITS = LIMITS
LIMITS = {name: tries if name in OF_ONE else "100000/60" for name, tries in REAL_LIMITS.items()}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
