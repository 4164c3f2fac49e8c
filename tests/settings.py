"""The project's settings with what only tests need: a database file, quick hashes, plain static files."""

import os
import tempfile
from pathlib import Path

from clinic.settings import *  # noqa: F403
from clinic.settings import DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MEDIA_ROOT = Path(tempfile.gettempdir()) / "clinic-test-media"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In memory, a live server's threads meet "table is locked"; a file behaves as in production.
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(tempfile.gettempdir()) / f"clinic-test-{os.getpid()}.sqlite3")
    }
