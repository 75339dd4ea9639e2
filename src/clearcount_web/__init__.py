"""The web service: a public door and a staff door on one Django project."""
