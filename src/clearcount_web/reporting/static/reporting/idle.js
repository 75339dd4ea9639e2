"use strict";
// Five minutes before a page's 30 minutes are over, offers to stay. When they are over, what was typed leaves the
// screen too. The server keeps the time; this only asks. Before a page is sent it asks whether the site can be reached,
// so that a lost connection costs nothing that was typed. A code that is shown once leaves the screen with its page.
// A browser keeps what a page was asked with, on disk too: where that may be a code, it is made to forget it.
(function () {
  var MINUTE = 60 * 1000;
  window.addEventListener("pagehide", takeAway);
  var forget = document.querySelector("[data-forget]");
  if (forget) { history.replaceState(null, "", location.pathname); }
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    takeAway();
    if (forget) { location.reload(); }
  });

  function takeAway() {
    document.querySelectorAll("[data-once]").forEach(function (told) { told.remove(); });
  }

  if (document.querySelector("[data-once]")) { setTimeout(takeAway, 30 * 60 * 1000); }

  var address = document.querySelector('meta[name="idle-stay"]');
  var reach = document.querySelector('meta[name="site-reach"]');
  var words = document.getElementById("idle-words");
  var main = document.getElementById("main");
  if (!address || !reach || !words || !main || !document.querySelector("main form")) { return; }
  var box = null;
  var warning, end;
  document.querySelectorAll("main form").forEach(function (form) { form.addEventListener("submit", ask); });
  begin();

  function begin() {
    clearTimeout(warning);
    clearTimeout(end);
    warning = setTimeout(warn, 25 * MINUTE);
    end = setTimeout(function () { location.replace(location.pathname); }, 30 * MINUTE + 5000);
  }

  function ask(event) {
    var form = event.target;
    var button = event.submitter;
    if (form.dataset.reached) { return; }
    event.preventDefault();
    if (button) { button.setAttribute("aria-disabled", "true"); }
    var waited = new Promise(function (_, give_up) { setTimeout(give_up, 15 * 1000); });
    Promise.race([fetch(reach.content, { method: "POST", credentials: "same-origin" }), waited]).then(function () {
      form.dataset.reached = "yes"; // whatever the site says, it is there: the page itself gives the answer
      if (form.requestSubmit) { form.requestSubmit(button || undefined); } else { form.submit(); }
      setTimeout(function () { delete form.dataset.reached; }, 5000);
    }).catch(function () {
      show();
      say("unsent");
      box.querySelector("button").hidden = true;
      box.scrollIntoView();
    }).finally(function () { if (button) { button.removeAttribute("aria-disabled"); } });
  }

  function say(which) {
    box.querySelectorAll("[data-idle]").forEach(function (line) { line.hidden = line.dataset.idle !== which; });
  }

  function warn() {
    show();
    say("warning");
  }

  function show() {
    if (box) { box.remove(); }
    box = words.content.firstElementChild.cloneNode(true);
    box.querySelector("button").addEventListener("click", stay);
    main.prepend(box);
  }

  function stay() {
    fetch(address.content, { method: "POST", credentials: "same-origin" }).then(function (answer) {
      if (answer.ok) {
        box.remove();
        box = null;
        begin();
      } else {
        say("over");
        box.querySelector("button").remove();
      }
    }).catch(function () { say("lost"); });
  }
})();
