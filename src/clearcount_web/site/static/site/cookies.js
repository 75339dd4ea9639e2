/* Saves the cookie choice without leaving the page, so that what is typed in a form stays. Works as a plain form too. */
(function () {
  "use strict";
  var banner = document.querySelector("[data-cookies]");
  if (!banner || !window.fetch) return;
  var form = banner.querySelector("form");
  var question = banner.querySelector("[data-cookie-question]");
  var saved = banner.querySelector("[data-cookie-saved]");
  var failed = banner.querySelector("[data-cookie-failed]");

  function show(message) {
    message.hidden = false;
    message.focus();
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    failed.hidden = true;
    var data = new URLSearchParams();
    data.append("additional", event.submitter.value);
    window.fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (response) {
        if (!response.ok) throw new Error("refused");
        question.hidden = true;
        show(saved);
      })
      .catch(function () { show(failed); });
  });
  banner.querySelector("[data-cookie-hide]").addEventListener("click", function () { banner.remove(); });
})();
