"""Sets Django up, so that the models can be imported. A portal's settings, if named, win."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luzeiro.catalogue.settings")
django.setup()
