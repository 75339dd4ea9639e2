"""Exact, explained matching: terms under a named rule, hits with offsets into the original text."""

from clearcount.matching.batch import MATCHER_VERSION, Hits, Matcher, find, matcher
from clearcount.matching.columns import fold
from clearcount.matching.folding import UNICODE_VERSION
from clearcount.model.mention import Span
from clearcount.model.terms import TermSet

__all__ = ["MATCHER_VERSION", "UNICODE_VERSION", "Hits", "Matcher", "Span", "TermSet", "find", "fold", "matcher"]
