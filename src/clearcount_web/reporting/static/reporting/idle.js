"use strict";
// Five minutes before a page's 30 minutes are over, offers to stay. When they are over, what was typed leaves the
// screen too. The server keeps the time; this only asks.
(function () {
  var MINUTE = 60 * 1000;
  var address = document.querySelector('meta[name="idle-stay"]');
  var words = document.getElementById("idle-words");
  var main = document.getElementById("main");
  if (!address || !words || !main || !document.querySelector("main form")) { return; }
  var box = null;
  var warning, end;
  begin();

  function begin() {
    clearTimeout(warning);
    clearTimeout(end);
    warning = setTimeout(warn, 25 * MINUTE);
    end = setTimeout(function () { location.replace(location.pathname); }, 30 * MINUTE + 5000);
  }

  function say(which) {
    box.querySelectorAll("[data-idle]").forEach(function (line) { line.hidden = line.dataset.idle !== which; });
  }

  function warn() {
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
