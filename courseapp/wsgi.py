"""The WSGI application that the web server runs."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from courseapp.kernel.whole import with_whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courseapp.settings")

application = with_whole_bodies(get_wsgi_application())

# What has been loaded stays: looking through it for garbage again and again costs a tenth of a page.
gc.collect()
gc.freeze()
