"""Addresses of the pages in Welsh: the English ones behind /cy."""

from __future__ import annotations

from django.urls import path

from clearcount_web.advice import views
from clearcount_web.advice.welsh import in_welsh
from clearcount_web.site.views import home

app_name = "welsh"
urlpatterns = [
    path("", in_welsh(home), name="home"),
    path("advice/", in_welsh(views.index), name="index"),
    path("advice/<slug:slug>/", in_welsh(views.page), name="page"),
    path("advice/<slug:slug>/card/", in_welsh(views.card), name="card"),
    path("advice/<slug:slug>/easy/", in_welsh(views.easy), name="easy"),
]
