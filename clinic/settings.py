"""The one settings file. Every value that differs between places comes from the environment.

`.env.example` documents each variable. Two modes:

* `CLINIC_MODE=local` (the default): for trying out and developing, answers on this computer only,
  SQLite and mail kept under `var/`.
* `CLINIC_MODE=production`: refuses to start without its secrets, hosts and mail (see `checks.py`).
"""

import secrets
from datetime import timedelta
from pathlib import Path
from zoneinfo import available_timezones

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from clinic import bucket

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(env("ENV_FILE", default=str(BASE_DIR / ".env")))

MODE = env("CLINIC_MODE", default="local")
if MODE not in ("local", "production"):
    # A misspelt word must not open a real site without its second step and secure cookies.
    raise ImproperlyConfigured(f"CLINIC_MODE={MODE} is neither local nor production.")
PRODUCTION = MODE == "production"
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
VAR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
VAR.mkdir(mode=0o700, parents=True, exist_ok=True)  # patients' data: for nobody else to read


def local_secret(name: str) -> str:
    """A secret made on first use and kept in `var/`, so that a trial run needs no configuration."""
    path = VAR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = env("SECRET_KEY", default="" if PRODUCTION else local_secret("secret-key"))
if PRODUCTION and not SECRET_KEY:
    # Django cannot run even a system check with an empty key; clinic.E001 then names the problem.
    SECRET_KEY = "missing-" + secrets.token_urlsafe(50)
    SECRET_KEY_MISSING = True
else:
    SECRET_KEY_MISSING = False

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
PORT = env.int("PORT", default=8000)
SITE_URL = env("SITE_URL", default="" if PRODUCTION else f"http://localhost:{PORT}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
CLIENT_ADDRESS_HEADER = env("CLIENT_ADDRESS_HEADER", default="")

INSTALLED_APPS = [
    "clinic",
    "education",
    "bookings",
    "accounts",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.StaffUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "crispy_forms",
    "post_office",
    "phonenumber_field",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    # Only for its tables, from which accounts/migrations/0004 takes what people have set up.
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
]

MIDDLEWARE = [
    # Outermost: they see static files and every error too.
    "clinic.middleware.RequestLog",
    "clinic.middleware.BrowserPolicies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside of it: the headers that every answer gets. Inside: all that asks who the visitor is.
    "clinic.page_cache.PageCache",
    "clinic.middleware.Language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # After them, and before whatever looks at request.user.
    "accounts.middleware.StaffOnlyOnceVerified",
    "accounts.interrupted.KeepWhatWasTyped",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clinic.middleware.AdminPolicy",
    "clinic.middleware.FriendlyNotAllowed",
    "clinic.middleware.Readable",
    "clinic.middleware.Gone",
    "clinic.moved_pages.MovedPages",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context_processors.clinic",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "clinic.templatetags.dates",
                "clinic.templatetags.icons",
                "clinic.templatetags.cached",
                "clinic.templatetags.languages",
                "clinic.templatetags.palettes",
            ],
        },
    },
    {
        # django-post-office renders stored templates through the engine of this name.
        "BACKEND": "post_office.template.backends.post_office.PostOfficeTemplates",
        "APP_DIRS": True,
        "DIRS": [],
        "OPTIONS": {"context_processors": []},
    },
]

# --- database -----------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR / 'clinic.sqlite3'}")}
# Connections in PostgreSQL's pool, and threads of the web server on either database.
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=4)
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database.setdefault("OPTIONS", {}).update(
        {
            "transaction_mode": "IMMEDIATE",
            # Seconds to wait for another writer: a page that takes long beats one that fails.
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        }
    )
    _database["CONN_MAX_AGE"] = None
else:
    _database.setdefault("OPTIONS", {}).update(
        {
            "pool": {
                "min_size": 1,
                "max_size": DATABASE_POOL_SIZE,
                "timeout": 5,
                # Give up an attempt soon: the next visitor begins a new one, without the waits of up
                # to 16 seconds between the tries of an old one. Back within seconds after a restart.
                "reconnect_timeout": 2,
            },
            # What is asked a fifth time over one connection is planned for good, and a booking asks
            # the same of every visitor.
            "server_side_binding": True,
            "prepare_threshold": 5,
        }
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- caches -------------------------------------------------------------------------------------

# Sessions, throttles and held times live in the database wherever the site runs. A shared cache is
# needed by two or more computers alone: it tells each at once that pages have changed.
CACHE_URL = env("CACHE_URL", default="")
CACHE_SHARED = bool(CACHE_URL)
CACHES = {
    # Each process its own: Wagtail asks it in the middle of a page, which must not fail with
    # another computer.
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": env.cache_url_config(CACHE_URL.replace("valkey", "redis", 1) or "locmemcache://"),
}
if CACHES["shared"]["LOCATION"].startswith("redis"):
    # A page can do without it, and must not wait for it (seconds).
    CACHES["shared"]["OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1}
# Public pages are cached whole (clinic/page_cache.py) until one of these, or a page, changes.
KEEP_PAGES = env.bool("KEEP_PAGES", default=not DEBUG)
SHOWN_ON_PAGES = [
    "accounts.Credentials",
    "auth.User",  # the names of authors and reviewers
    "bookings.DateException",
    "bookings.Location",
    "bookings.Practitioner",
    "bookings.Resource",
    "bookings.SafetyQuestions",
    "bookings.Service",
    "bookings.WeeklyHours",
    "clinic.ClinicSettings",
    "clinic.ClinicWords",
    "clinic.SignOff",
    "education.Exercise",
    "education.GlossaryTerm",
    "education.Reference",
    "wagtailcore.Locale",
    "wagtailcore.PageViewRestriction",
    "wagtailcore.Site",
    "wagtaildocs.Document",
    "wagtailimages.Image",
]

# --- people -------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = ["accounts.backends.CountedPasswords"]
# A code from a phone beside the password. Without it everybody may still set one up.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
# allauth: nobody signs up, and only user names log in. Its own limits are off, because they stand in a
# cache of each process; ours are in the database (accounts/backends.py, accounts/limits.py).
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_TIMEOUT = 10 * 60  # how long a right password waits for the second step
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1  # half-minutes
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# The library allows any subdomain over HTTPS; accounts/passkeys.py this one address, exactly.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Staff are logged out after so long without doing anything, and after so long whatever they do.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SESSION_HOURS = env.int("SESSION_HOURS", default=12)
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"

# --- language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en-gb", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "clinic" / "locale"]
USE_I18N = True
USE_TZ = True
# Stored times are UTC; each location shows its own zone. This one serves the admin's own screens.
TIME_ZONE = env("TIME_ZONE", default="Europe/London")
PHONENUMBER_DEFAULT_REGION = env("PHONE_REGION", default="GB")
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

# --- files --------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR / "static")))
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Attachments of mails: never below MEDIA_ROOT, which a web server hands out.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR / "private"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
# For two or more computers: uploads and attachments in an S3 bucket, https://s3.example.org/bucket
MEDIA_BUCKET = env("MEDIA_BUCKET", default="")
if MEDIA_BUCKET:
    STORAGES |= bucket.storages(MEDIA_BUCKET)

# --- backups ------------------------------------------------------------------------------------

BACKUP_DIR = Path(env("BACKUP_DIR", default=str(VAR / "backups")))
# An age identity (manage.py backup --new-key); with it, backups are encrypted.
BACKUP_KEY = env("BACKUP_KEY", default="")
BACKUPS_KEPT = env.int("BACKUPS_KEPT", default=14)

# --- mail ---------------------------------------------------------------------------------------

EMAIL_BACKEND = "post_office.EmailBackend"
MAIL_SERVER = env("EMAIL_URL", default="")
if MAIL_SERVER:
    vars().update(
        {k: v for k, v in env.email_url("EMAIL_URL").items() if k not in ("EMAIL_BACKEND",)}
    )
    EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = env(
    "DEFAULT_FROM_EMAIL", default="" if PRODUCTION else "Clinic <clinic@example.org>"
)
POST_OFFICE = {
    "BACKENDS": {
        "default": "django.core.mail.backends.smtp.EmailBackend"
        if MAIL_SERVER
        else "django.core.mail.backends.filebased.EmailBackend",
        "sms": "bookings.messages.sms.Backend",
    },
    "DEFAULT_PRIORITY": "medium",
    "BATCH_SIZE": 10,
    "BATCH_DELIVERY_TIMEOUT": 120,
    "THREADS_PER_PROCESS": 1,
    "LOG_LEVEL": 2,
    "MESSAGE_ID_ENABLED": True,
    "MESSAGE_ID_FQDN": env("MESSAGE_ID_DOMAIN", default="clinic.invalid"),
    "CELERY_ENABLED": False,
    "FILE_STORAGE": "private",
}
# Who is told when a unit of the server fails (manage.py alert).
ALERT_EMAIL = env("ALERT_EMAIL", default="")
# Who sends text messages (bookings/messages/sms.py); none are sent without it.
SMS_BACKEND = env("SMS_BACKEND", default="")
# A mail provider tells through django-anymail what came back (bookings/messages/bounces.py).
# Off without it.
BOUNCE_WEBHOOK_SECRET = env("BOUNCE_WEBHOOK_SECRET", default="")
ANYMAIL = {"WEBHOOK_SECRET": BOUNCE_WEBHOOK_SECRET} | env.json("BOUNCE_WEBHOOK_KEYS", default={})
if BOUNCE_WEBHOOK_SECRET:
    INSTALLED_APPS.append("anymail")

# --- the clinic's own rules ---------------------------------------------------------------------

BOOKINGS = {
    "HOLD_UNVERIFIED_MINUTES": 15,
    "ANSWER_WITHIN_WORKING_HOURS": env.int("ANSWER_WITHIN_WORKING_HOURS", default=8),
    "OFFER_EXPIRES_HOURS": env.int("OFFER_EXPIRES_HOURS", default=48),
    "UNVERIFIED_EXPIRES_HOURS": 24,
    "LINK_DAYS": 90,
    "OPEN_HOLDS_PER_CONTACT": 3,
    "OPEN_HOLDS_PER_NETWORK": env.int("OPEN_HOLDS_PER_NETWORK", default=20),
    # Of the /48 around an IPv6 network, and of all whose address was never confirmed.
    "OPEN_HOLDS_PER_WIDE_NETWORK": env.int("OPEN_HOLDS_PER_WIDE_NETWORK", default=40),
    "UNPROVEN_HOLDS_A_DAY": env.int("UNPROVEN_HOLDS_A_DAY", default=60),
    "WAITING_WEEKS": 8,
    "UNDO_SECONDS": env.int("UNDO_SECONDS", default=120),
}

# Tries and the minutes in which they come back; what is over it is refused, in words. `clinic.throttle`
LIMITS = {
    "login-account": "5/15",  # wrong passwords for one account, from browsers we do not know
    "login-code": "10/150",  # wrong second steps for one account
    "login-network": "30/15",  # wrong passwords from one network address
    "reset-network": "10/60",  # requests for a new password
    "mail": "3/60",  # mails that strangers can have sent to one address
    "start": "60/60",  # consultations begun from one network address
    "ask": "20/60",  # and sent
    "find": "10/60",  # requests for a lost link
    "open": "30/60",  # links that we do not know
    "count": "120/60",  # guides read, and answers to "Was this helpful?", from one network address
} | env.dict("LIMITS", default={})
# Nobody reads and answers six pages faster than that.
FILL_SECONDS = env.int("FILL_SECONDS", default=10)
# What the worker does by itself: a name, how often, and a function that takes `now` and may be run
# twice (bookings/worker/jobs.py). Of several workers only one does each.
PERIODIC = [
    ("expire", timedelta(seconds=5), "bookings.transitions.expire_due"),
    ("remind", timedelta(minutes=1), "bookings.worker.reminders.remind_due"),
    ("warn-staff", timedelta(minutes=1), "bookings.worker.staff_warnings.warn_due"),
    ("tell-staff", timedelta(seconds=5), "bookings.messages.staff_mail.write_due"),
    ("digest", timedelta(minutes=5), "bookings.messages.daily_digest.send_daily"),
    ("retention", timedelta(hours=1), "bookings.worker.retention.run"),
    ("publish", timedelta(minutes=1), "education.scheduling.publish_due"),
    ("limits", timedelta(hours=1), "clinic.throttle.sweep"),
    ("logins", timedelta(hours=1), "accounts.sessions.sweep"),
    ("interrupted", timedelta(minutes=10), "accounts.interrupted.sweep"),
]

# What the other apps show in the styleguide: blocks as wagtail binds them, mails by their kind.
STYLEGUIDE = {
    "blocks": ["education.previews.all_blocks"],
    "mails": ["bookings.messages.previews.mails", "accounts.specimens.mails"],
}

# Days after which what is kept goes by itself; bookings/worker/retention.py says from when they count.
RETENTION = {
    "UNANSWERED_DAYS": env.int("KEEP_UNANSWERED_DAYS", default=90),
    "CLOSED_DAYS": env.int("KEEP_CLOSED_DAYS", default=365),
    "MESSAGE_DAYS": env.int("KEEP_MESSAGES_DAYS", default=30),
    "LOG_DAYS": env.int("KEEP_LOGS_DAYS", default=30),
}

# --- Wagtail ------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = env("CLINIC_NAME", default="Hip & Spine Clinic")
WAGTAILADMIN_BASE_URL = SITE_URL or "https://clinic.invalid"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_AUTOSAVE_INTERVAL = 5000
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILDOCS_EXTENSIONS = ["pdf"]
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_IMAGE_FORM_BASE = "clinic.pictures.PictureForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_I18N_ENABLED = True
WAGTAILREDIRECTS_AUTO_CREATE = False  # clinic.moved_pages makes them
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
# Names of this computer that no browser knows are left out.
WAGTAIL_USER_TIME_ZONES = sorted(z for z in available_timezones() if "/" in z or z == "UTC")
# One's own password and address are changed on pages of ours, which ask for the password first.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "wagtailadmin_login"

CRISPY_ALLOWED_TEMPLATE_PACKS = "clinic_forms"
CRISPY_TEMPLATE_PACK = "clinic_forms"

# --- security -----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": [],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, *([bucket.origin(MEDIA_BUCKET)] if MEDIA_BUCKET else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# Before the names of patients' cookies.
COOKIE_PREFIX = ""
CSRF_COOKIE_AGE = None  # it ends with the visit, as the privacy page says
CSRF_FAILURE_VIEW = "accounts.interrupted.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
if PRODUCTION:
    # Last: what it adds is cached with the page.
    MIDDLEWARE.append("bookings.public.noindex.NoIndex")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers take cookies of these names over HTTPS alone, and from no neighbouring host: none can
    # lay a draft of its own under what somebody fills in, and read it there.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    COOKIE_PREFIX = "__Host-"
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    # Both bind the whole domain, and the second for years: only somebody who runs all of it may choose.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- logs: ids only -----------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "clinic.logs.Line"},
        "json": {"()": "clinic.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env("LOG_FORMAT", default="json" if PRODUCTION else "line"),
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "accounts": {"level": "INFO"},
        "bookings": {"level": "INFO"},
        "clinic": {"level": "INFO"},
        # One line a request.
        "clinic.requests": {
            "level": env("REQUEST_LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING")
        },
        # Django's own handler would mail whole requests, local variables included.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
# Where errors are reported, if anywhere: see docs/security.md. Off.
SENTRY_DSN = env("SENTRY_DSN", default="")
