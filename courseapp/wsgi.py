"""The WSGI application that the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

from courseapp.kernel.whole import with_whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courseapp.settings")

application = with_whole_bodies(get_wsgi_application())
