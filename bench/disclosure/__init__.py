"""Disclosure control: proven optima, audits, releases over time, and other tools on the same tables in one run."""
