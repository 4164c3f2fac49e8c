"""Our own settings, with the addresses that the benchmarks add."""

from clinic.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks._peer.ours_urls"
EMAIL_FILE_PATH = VAR / "mail"  # noqa: F405
