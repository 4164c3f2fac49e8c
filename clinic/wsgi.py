"""What an application server loads. In production it refuses to load half configured."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

# Python lets a thread run for 5 ms before another may, and with four threads at work a kept page waits for
# all others. Measured with 1 to 5 ms (kept and rendered guide, whole bookings): below 3 the threads hinder
# each other, above it the slowest hundredth of the kept pages take more than five times the median.
sys.setswitchinterval(0.003)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()

from clinic.checks import production_is_configured  # noqa: E402  (needs the settings)

if problems := list(production_is_configured(None)):
    # An application server runs no system checks of its own accord.
    raise ImproperlyConfigured("\n".join(str(problem) for problem in problems))
