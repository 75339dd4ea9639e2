"""Casework of requests for information: one list, parts with their outcomes, and an answer that two people made."""
