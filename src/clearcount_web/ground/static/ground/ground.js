// Moves focus to the error summary, so that a screen reader starts with what is wrong. Pages work without it.
"use strict";
const summary = document.querySelector('[data-focus="yes"]');
if (summary) summary.focus();
// A place inside a fold: the fold opens when somebody follows a link to it, and for print.
const unfold = () => {
  const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = place && place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (place && place.closest("details")) place.scrollIntoView();
};
addEventListener("hashchange", unfold);
addEventListener("beforeprint", () => document.querySelectorAll(".cc-fold").forEach((fold) => { fold.open = true; }));
unfold();
