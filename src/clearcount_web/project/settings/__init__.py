"""One settings module for each door. Both start from `base`; each reads only its own secrets."""
