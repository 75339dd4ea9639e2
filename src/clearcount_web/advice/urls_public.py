"""Addresses of the advice pages."""

from __future__ import annotations

from django.urls import path

from clearcount_web.advice import views

app_name = "advice"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.page, name="page"),
    path("<slug:slug>/card/", views.card, name="card"),
    path("<slug:slug>/easy/", views.easy, name="easy"),
]
