/* Leave this site at once: Escape, or the button.

   A classic script that blocks the parser, first in <head>, so that a page reached with Back after leaving is blank
   before anything is painted. docs/explanation/leaving-the-site.md says what it does, what it does not, and why. */
(function () {
  "use strict";
  var root = document.documentElement;
  if (root.classList.contains("can-leave")) return; // loaded twice: one set of listeners
  root.classList.add("can-leave");

  // Both addresses come from settings; without the first, /leave sends the browser on.
  var session = meta("leave-session");
  var target = meta("leave-target") || session;
  if (!target) return; // nowhere to go: the plain link still works
  var MARK = "v"; // the marker says nothing but that this tab has left
  var RETRY_AFTER = 1500;

  function meta(name) {
    var tag = document.querySelector('meta[name="' + name + '"]');
    return tag ? tag.content : "";
  }

  function marker(act) {
    try {
      return act(window.sessionStorage);
    } catch (refused) {
      return null; // storage is switched off: leaving still works, only Back is not guarded
    }
  }

  function hasLeft() {
    return marker(function (store) { return store.getItem(MARK); }) === "1";
  }

  function blank() {
    // A property, not a style sheet: it works while the style sheet is still loading, and under our own policy.
    root.style.setProperty("display", "none", "important");
    document.title = "";
  }

  function forget() {
    // reset() alone brings back what the server had filled in.
    Array.prototype.forEach.call(document.querySelectorAll("input, textarea, select"), function (field) {
      if (field.tagName === "SELECT") {
        field.selectedIndex = -1;
      } else if (field.type === "checkbox" || field.type === "radio") {
        field.checked = field.defaultChecked = false;
      } else if (field.type !== "submit" && field.type !== "button") {
        field.value = field.defaultValue = "";
      }
    });
    Array.prototype.forEach.call(document.forms, function (form) { form.reset(); });
    // Cookies that scripts may read; the server expires the others.
    document.cookie.split(";").forEach(function (pair) {
      var name = pair.split("=")[0].trim();
      if (name) document.cookie = name + "=; Max-Age=0; Path=/; SameSite=Lax" + (location.protocol === "https:" ? "; Secure" : "");
    });
  }

  function go() {
    blank();
    window.location.replace(target);
    window.setTimeout(function () { window.location.replace(target); }, RETRY_AFTER);
  }

  function leave() {
    blank();
    forget();
    marker(function (store) { store.setItem(MARK, "1"); });
    if (session) try {
      window.fetch(session, { method: "POST", keepalive: true, credentials: "same-origin" }).catch(function () {});
    } catch (unsupported) {
      // going matters more than telling the server
    }
    go();
  }

  function escapeIsTaken() {
    // Escape belongs to what is open on the page: a dialog, a popover, an open list.
    if (document.fullscreenElement) return true;
    if (document.querySelector("dialog[open], [role=combobox][aria-expanded=true]")) return true;
    try {
      return document.querySelector(":popover-open") !== null;
    } catch (unknownSelector) {
      return false;
    }
  }

  function escapeIsOff() {
    return /(?:^|;\s*)(?:__Host-)?public-escape=off(?:;|$)/.test(document.cookie);
  }

  function onKey(event) {
    if (event.key !== "Escape" && event.key !== "Esc") return;
    if (event.defaultPrevented || event.repeat || event.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (escapeIsOff() || escapeIsTaken()) return;
    event.preventDefault(); // Escape would stop the page that we are about to load
    leave();
  }

  function onClick(event) {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    var link = event.target instanceof Element && event.target.closest("[data-leave]");
    if (!link) return;
    event.preventDefault();
    leave();
  }

  function sameTabAgain() {
    var entries = window.performance && performance.getEntriesByType ? performance.getEntriesByType("navigation") : [];
    return entries.length > 0 && /^(back_forward|reload)$/.test(entries[0].type);
  }

  if (hasLeft()) {
    if (sameTabAgain()) go();
    else marker(function (store) { store.removeItem(MARK); }); // came back on purpose
  }
  window.addEventListener("pageshow", function (event) {
    if (event.persisted && hasLeft()) go();
  });
  window.addEventListener("keydown", onKey);
  window.addEventListener("click", onClick);
  if (escapeIsOff()) root.classList.add("escape-off");
})();
