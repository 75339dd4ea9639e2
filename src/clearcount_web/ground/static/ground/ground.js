// Moves focus to the error summary, so that a screen reader starts with what is wrong. Pages work without it.
"use strict";
const summary = document.querySelector('[data-focus="yes"]');
if (summary) summary.focus();
