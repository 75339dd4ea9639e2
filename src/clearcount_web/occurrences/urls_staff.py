"""Addresses of occurrences, on the staff door only."""

from __future__ import annotations

from django.urls import path

from clearcount_web.occurrences import views

app_name = "occurrences"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new", views.open_new, name="new"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/offence", views.add_offence, name="offence"),
    path("<str:number>/text", views.add_entry, name="entry"),
    path("<str:number>/marker", views.set_marker, name="marker"),
    path("<str:number>/force-number", views.set_force_number, name="force-number"),
    path("<str:number>/person", views.add_person, name="person"),
    path("<str:number>/status/<str:crime_no>", views.set_status, name="status"),
]
