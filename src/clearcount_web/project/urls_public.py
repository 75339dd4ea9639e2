"""Addresses of the public door."""

from __future__ import annotations

from django.urls import include, path

from clearcount_web.ground.views import alive, brand, health
from clearcount_web.platform.rooms import ROOMS

urlpatterns = [
    path("brand.css", brand, name="brand"),
    path("health/", health, name="health"),
    path("health/alive", alive, name="alive"),
    path("cy/", include("clearcount_web.advice.urls_welsh")),
    *(path(room.public, include(f"{room.app}.urls_public")) for room in ROOMS if room.public is not None),
]

handler400 = "clearcount_web.ground.errors.bad_request"
handler403 = "clearcount_web.ground.errors.forbidden"
handler404 = "clearcount_web.ground.errors.not_found"
handler500 = "clearcount_web.ground.errors.server_error"
