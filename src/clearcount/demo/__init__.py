"""A made-up force: its export, its requests, its policy. No person, place or record in it is real."""

from clearcount.demo.generate import AS_AT, OCCURRENCES, SEED, Generated, generate

__all__ = ["AS_AT", "OCCURRENCES", "SEED", "Generated", "generate"]
