"use strict";
// Five minutes before a page's 30 minutes are over, offers to stay. The server keeps the time; this only asks.
(function () {
  var WARN_AFTER = 25 * 60 * 1000;
  var address = document.querySelector('meta[name="idle-stay"]');
  var main = document.getElementById("main");
  if (!address || !main || !document.querySelector("main form")) { return; }
  var timer = setTimeout(warn, WARN_AFTER);

  function warn() {
    var box = document.createElement("div");
    box.className = "govuk-inset-text";
    box.setAttribute("role", "alert");
    var words = document.createElement("p");
    words.textContent = "Your answers will be gone in 5 minutes. Press the button to stay on this page.";
    var button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    button.textContent = "Stay on this page";
    button.addEventListener("click", function () {
      fetch(address.content, { method: "POST", credentials: "same-origin" }).then(function (answer) {
        if (answer.ok) {
          box.remove();
          clearTimeout(timer);
          timer = setTimeout(warn, WARN_AFTER);
        } else {
          words.textContent = "The time is over. Your answers are gone, and nobody can read them.";
          button.remove();
        }
      }).catch(function () {
        words.textContent = "We could not reach the site. Check your connection and press the button again.";
      });
    });
    box.append(words, button);
    main.prepend(box);
  }
})();
