"use strict";
// Loads the lists of the desk again every half minute, without losing the place or the focus. It stops in a tab that
// nobody sees, and when somebody says so. Without this script the page is loaded again by hand.
(function () {
  var EVERY = 30 * 1000;
  var LATER = "This list could not be refreshed. It is tried again every half minute.";
  var live = document.getElementById("live");
  var line = document.getElementById("live-words");
  var status = document.getElementById("live-status");
  var button = document.getElementById("live-switch");
  if (!live || !line || !window.fetch || !window.DOMParser) { return; }
  var on = true, timer = null, busy = false;
  line.hidden = false;
  button.addEventListener("click", function () {
    on = !on;
    button.textContent = on ? button.dataset.stop : button.dataset.start;
    status.textContent = "";
    plan(on ? 0 : null);
  });
  document.addEventListener("visibilitychange", function () { plan(document.hidden ? null : 0); });
  plan(EVERY);

  function plan(wait) {
    clearTimeout(timer);
    if (wait !== null && on && !document.hidden) { timer = setTimeout(refresh, wait); }
  }

  function refresh() {
    if (busy) { return; }
    busy = true;
    fetch(live.dataset.rows + window.location.search, { cache: "no-store", credentials: "same-origin" })
      .then(function (answer) {
        if (answer.redirected || answer.status === 403) { throw new Error("signed out"); }
        return answer.ok ? answer.text() : Promise.reject(new TypeError("not now"));
      })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-list]");
        if (!fresh) { throw new Error("signed out"); }
        if (on && !document.hidden) { swap(fresh); }
        again(EVERY);
      })
      .catch(function (fault) {
        if (fault instanceof TypeError) { // the network, or a server that starts again: try later, and say so
          say(LATER);
          again(EVERY);
          return;
        }
        on = false;
        say("This list is not refreshed any more. Load the page again.");
        button.hidden = true;
        again(null);
      });
  }

  function again(wait) {
    busy = false;
    plan(wait);
  }

  function say(words) {
    if (status.textContent !== words) { status.textContent = words; }
  }

  function references(list) {
    return Array.from(list.querySelectorAll("[data-reference]"), function (row) { return row.dataset.reference; });
  }

  function swap(fresh) {
    var old = live.querySelector("[data-list]");
    var selected = window.getSelection();
    if (selected && !selected.isCollapsed && old.contains(selected.anchorNode)) { return; } // somebody is copying
    if (old.innerHTML === fresh.innerHTML) { // what was new stays said: whoever looks up a minute later sees it too
      if (status.textContent === LATER) { say(""); }
      return;
    }
    var there = references(old);
    var added = references(fresh).filter(function (each) { return there.indexOf(each) < 0; });
    var focus = old.contains(document.activeElement) ? document.activeElement : null;
    var place = focus || first(old);
    var key = place && keyOf(place);
    var top = place && place.getBoundingClientRect().top;
    var sideways = Array.from(old.querySelectorAll(".cc-scroll"), function (each) { return each.scrollLeft; });
    old.replaceWith(fresh);
    fresh.querySelectorAll(".cc-scroll").forEach(function (each, at) { each.scrollLeft = sideways[at] || 0; });
    var now = key && Array.from(fresh.querySelectorAll("a, [tabindex]")).find(function (each) { return keyOf(each) === key; });
    if (focus) { (now || fresh.querySelector("a, [tabindex]") || button).focus({ preventScroll: true }); }
    if (now) { window.scrollBy(0, now.getBoundingClientRect().top - top); }
    say(added.length ? "New in this list: " + added.join(", ") + ". " + fresh.dataset.waiting + " wait." : "The list has changed. " + fresh.dataset.waiting + " wait.");
  }

  // The first link of the list that is on the screen: it stays where it is.
  function first(list) {
    return Array.from(list.querySelectorAll("a")).find(function (each) { return each.getBoundingClientRect().top >= 0; });
  }

  function keyOf(element) {
    return element.id || element.getAttribute("href");
  }
})();
