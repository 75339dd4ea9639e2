"use strict";
// Says below a long box how many characters are left. Without this script the hint above the box says the limit.
(function () {
  var words = document.currentScript.dataset;
  document.querySelectorAll("textarea[data-most]").forEach(function (box) {
    var most = Number(box.dataset.most);
    var shown = document.createElement("p");
    var told = document.createElement("p");
    var pause = null;
    shown.className = "govuk-hint govuk-character-count__message";
    shown.setAttribute("aria-hidden", "true");
    told.className = "govuk-visually-hidden";
    told.setAttribute("role", "status");
    told.setAttribute("aria-live", "polite");
    box.after(shown, told);
    box.addEventListener("input", function () {
      show();
      clearTimeout(pause);
      pause = setTimeout(function () { told.textContent = shown.textContent; }, 1000); // not at every key
    });
    box.form.addEventListener("reset", function () { setTimeout(show); });
    window.addEventListener("pageshow", show);
    show();

    function show() {
      // As the server counts: without space around it, and a sign outside the first plane is one character.
      var left = most - Array.from(box.value.trim()).length;
      shown.textContent = (left < 0 ? words.over : words.left) + " " + Math.abs(left).toLocaleString("en-GB");
      shown.classList.toggle("govuk-hint", left >= 0);
      shown.classList.toggle("govuk-error-message", left < 0);
    }
  });
})();
