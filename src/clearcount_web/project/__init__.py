"""The Django project: settings of both doors, their addresses, the two databases."""
