"""The WSGI application of the door that DJANGO_SETTINGS_MODULE names."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from clearcount_web.platform.files import UMASK

os.umask(UMASK)
application = get_wsgi_application()
