"""Addresses of the staff door."""

from __future__ import annotations

from django.urls import include, path

from clearcount_web.accounts.access import anyone
from clearcount_web.ground.views import alive, brand, health
from clearcount_web.platform.rooms import ROOMS

urlpatterns = [
    path("brand.css", anyone(brand), name="brand"),
    path("health/", anyone(health), name="health"),
    path("health/alive", anyone(alive), name="alive"),
    *(path(room.staff, include(f"{room.app}.urls_staff")) for room in ROOMS if room.staff is not None),
]

handler400 = "clearcount_web.ground.errors.bad_request"
handler403 = "clearcount_web.ground.errors.forbidden"
handler404 = "clearcount_web.ground.errors.not_found"
handler500 = "clearcount_web.ground.errors.server_error"
