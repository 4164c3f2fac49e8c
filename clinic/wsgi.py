"""What an application server loads. In production it refuses to load half configured."""

import gc
import logging
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

# Python lets a thread run for 5 ms before another may, and with several at work a kept page waits for all
# others. Much less, and the threads hinder each other. To be judged by benchmarks/pages.py (p99 of the
# kept guide, rate of the rendered one) and benchmarks/booking.py.
sys.setswitchinterval(0.003)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()

from clinic import __version__, checks, languages  # noqa: E402  (they need the settings)

started = (checks.production_is_configured, checks.settings_can_be_read, checks.packages_are_there)
if problems := [problem for check in started for problem in check(None)]:
    # An application server runs no system checks of its own accord.
    raise ImproperlyConfigured("\n".join(str(problem) for problem in problems))

languages.drop_empty_catalogs()
languages.remember_messages()
# What is loaded by now stays for good: not to be looked through for garbage again. And to look less often
# than after every 700 objects, of which one page makes some thousands, saves a twelfth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

logging.getLogger("clinic").info("web server started, version %s", __version__)
