"""response.docx: the answer as a letter, filled into a template that the force may change.

There is one way to a letter: a template is opened and checked (`template`), its placeholders are filled
(`placeholders`, `draw`, `fill`). Without a template of the force the packaged one is filled (`starter`).
"""

from __future__ import annotations

from clearcount.writers.letter.fill import letter
from clearcount.writers.letter.parts import PARTS, WORDS
from clearcount.writers.letter.starter import starter
from clearcount.writers.letter.template import check_template

__all__ = ["PARTS", "WORDS", "check_template", "letter", "starter"]
