"""From a letter to a request, by fixed rules: every sentence is used, a courtesy, or said not to be understood."""

from clearcount.drafting.draft import Draft, draft_request
from clearcount.drafting.sentences import Sentence

__all__ = ["Draft", "Sentence", "draft_request"]
