// The reading screen by keys. The plain forms of the page do the same without it.
//
// One promise rules everything here: a decision is about the card that was on screen when the key went down. A key
// counts once for each press; it counts only when it went down after the card was painted; the next card is shown only
// when the server has kept the decision before it. Whatever is not taken is said.
"use strict";
(() => {
  const room = document.getElementById("reading");
  const place = document.getElementById("card");
  if (!room || !place) return;
  document.documentElement.classList.add("cc-script");
  const said = document.getElementById("said");
  const help = document.getElementById("help");
  const retry = document.getElementById("retry");
  const keysOn = room.dataset.keys === "on";
  let paintedAt = Infinity; // when the card on screen was painted; Infinity: it is not, or something is under way
  let ahead = null; // a promise of the next card: {card, said}
  let ignored = 0;
  let step = 0;
  let chosen = null; // the code whose reason is asked for
  let pending = null; // {body} of a decision that the server did not answer
  const down = new Set();

  const form = () => place.querySelector("form[data-card]");
  const tell = (words, alarm = false) => {
    said.textContent = words;
    room.classList.toggle("cc-reading__flash", alarm);
  };

  async function ask(address, body) {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "X-Reading": "script" },
      redirect: "error", // signed out: the way to the sign-in page is no answer
    });
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const words = page.querySelector("main p");
      return { status: answer.status, said: words ? words.textContent : "The server did not take that." };
    }
    return { status: answer.status, ...(await answer.json()) };
  }

  const csrf = () => form().querySelector("[name=csrfmiddlewaretoken]").value;

  // The card counts as painted one frame after the browser has drawn it.
  function whenPainted() {
    paintedAt = Infinity;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      paintedAt = performance.now();
      room.dataset.painted = form() ? form().dataset.card : "";
      room.dataset.paintedAt = String(paintedAt);
    }));
  }

  function fetchAhead() {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", csrf());
    body.append("seen", form().dataset.card);
    ahead = ask(room.dataset.ahead, body).catch(() => null);
  }

  function show(html) {
    place.innerHTML = html; // escaped by the server; scripts in it would not run, and the policy refuses them
    step = 0;
    ignored = 0;
    asking = null;
    chosen = null;
    ready();
    const title = document.getElementById("card-title");
    title.focus({ preventScroll: true });
    title.scrollIntoView({ block: "nearest" });
  }

  function ready() {
    for (const button of place.querySelectorAll("button[data-act][hidden]")) button.hidden = button.dataset.act === "help" && !keysOn;
    whenPainted();
    fetchAhead();
  }

  function progress(answer) {
    if (answer.progress) document.getElementById("progress").textContent = answer.progress;
    if (answer.done !== undefined) document.getElementById("bar").value = answer.done;
    const rest = document.getElementById("rest");
    if (answer.break && !rest.textContent.trim()) rest.prepend(answer.break);
  }

  // Decides the card on screen. `paintedAt` is Infinity until the next one is painted, so nothing else is taken.
  async function decide(code, reason) {
    const here = form();
    const body = new FormData(here);
    body.set("code", code);
    body.set("reason", reason);
    paintedAt = Infinity;
    ignored = 0;
    tell("");
    await send(here.action, body);
  }

  async function send(address, body) {
    retry.hidden = true;
    pending = { address, body };
    let answer;
    try {
      answer = await ask(address, body);
    } catch {
      tell("Not saved: the server did not answer. Your decision is kept on this page. Try again.", true);
      retry.hidden = false;
      retry.querySelector("button").focus();
      return;
    }
    pending = null;
    if (answer.status === 200) {
      progress(answer);
      // What was fetched ahead may be one of those that were decided along with this card.
      if (body.get("all") || body.get("near")) fetchAhead();
      await goOn();
      if (answer.said) tell(answer.said);
    } else if (answer.status === 409) {
      tell(answer.said, true);
      fetchAhead();
      await goOn(true);
    } else {
      tell(answer.said || "That was not taken.", true);
      whenPainted();
    }
  }

  async function goOn(keepWords = false) {
    let next = await ahead;
    // What was fetched ahead may say that nothing is left while this card was not decided yet: ask again.
    if (!next || !next.card) next = await ask(room.dataset.ahead, withToken()).catch(() => null);
    if (!next) {
      tell("Saved. The next card did not come: the server did not answer. Load the page again.", true);
      return;
    }
    if (next.card) {
      show(next.card);
      if (!keepWords) tell("");
    } else {
      place.textContent = "";
      const words = document.createElement("p");
      words.className = "govuk-body";
      words.textContent = next.said;
      place.append(words);
      room.dataset.painted = "";
    }
  }

  function withToken() {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    return body;
  }

  async function undo() {
    paintedAt = Infinity;
    tell("");
    let answer;
    try {
      answer = await ask(room.dataset.undo, withToken());
    } catch {
      tell("Nothing was undone: the server did not answer. Try again.", true);
      if (form()) whenPainted();
      return;
    }
    if (answer.status === 200) {
      progress(answer);
      show(answer.card);
      tell("Undone. The card is on screen again.");
    } else {
      tell(answer.said, true);
      if (form()) whenPainted();
    }
  }

  function more() {
    step += 1;
    for (const each of place.querySelectorAll("details[data-step]")) {
      if (Number(each.dataset.step) <= step) each.open = true;
    }
  }

  // With a reason asked for, the first key chooses the code and a digit the reason.
  // With facts to code, the key for "relevant" begins to ask for them one after another: a digit chooses, T is "cannot
  // tell", Enter ends a question that takes several. What was chosen by hand before is not asked for again.
  let asking = null;
  const answered = (set) => set.querySelector("input:checked") !== null;
  function nextFact(code) {
    const open = [...place.querySelectorAll("[data-fact]")].find((set) => !answered(set));
    place.querySelectorAll("[data-fact]").forEach((set) => set.classList.toggle("cc-reading__asked", set === open));
    if (!open) {
      asking = null;
      return void decideOn(code);
    }
    asking = { card: form().dataset.card, code, set: open };
    open.scrollIntoView({ block: "nearest" });
    const several = open.dataset.several === "yes" ? " Press Enter when you have chosen all." : "";
    const how = keysOn ? `choose by its number, or T.${several} Escape stops.` : "choose, then press Relevant again.";
    tell(`${open.querySelector("legend").textContent.trim()}: ${how}`);
  }
  function answerFact(key) {
    const { card, code, set } = asking;
    if (form().dataset.card !== card) return void (asking = null);
    const box = [...set.querySelectorAll("input")].find((each) => each.dataset.number === key);
    if (box) {
      const alone = key === "t" || set.querySelector("input[data-number=t]:checked");
      if (box.type === "checkbox" && alone) set.querySelectorAll("input").forEach((each) => (each.checked = each === box));
      else box.checked = box.type === "radio" || !box.checked;
      if (box.type === "checkbox" && key !== "t") return;
    }
    if (answered(set)) nextFact(code);
  }
  function choose(code) {
    asking = null;
    if (code === "relevant" && place.querySelector("[data-fact]")) nextFact(code);
    else decideOn(code);
  }
  function decideOn(code) {
    const offered = [...place.querySelectorAll(`option[data-code="${code}"]`)];
    const picked = place.querySelector("select[name=reason]").selectedOptions[0];
    if (picked && picked.value) return decide(code, picked.dataset.code === code ? picked.value : "");
    if (form().dataset.reasons !== "asked" || !offered.length) return decide(code, "");
    chosen = { card: form().dataset.card, code, offered };
    const line = place.querySelector(".cc-reading__reasons");
    line.textContent = offered.map((each) => `${each.dataset.number} ${each.textContent}`).join(" · ") + " · 0 no reason";
    line.hidden = false;
    tell("Choose a reason by its number, or 0 for none.");
  }

  const acts = {
    undo, more,
    help: () => help && help.showModal(),
    note: () => {
      place.querySelector(".cc-reading__note").open = true;
      place.querySelector("textarea").focus();
    },
    all: () => {
      const box = place.querySelector("[data-act=all]");
      if (box) box.checked = !box.checked;
    },
  };

  function act(name) {
    const button = document.querySelector(`button[name=code][data-act="${name}"]`);
    if (button) choose(button.value);
    else if (acts[name]) acts[name]();
  }

  const writing = (target) => target.closest("textarea, select, input:not([type=checkbox], [type=radio])") !== null;

  addEventListener("keydown", (event) => {
    if (!keysOn || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if ((help && help.open) || (writing(event.target) && !asking)) return;
    const key = event.key.toLowerCase();
    const onControl = event.target.closest("button, a, summary") !== null;
    if (asking && (/^[0-9t]$/.test(key) || (key === "enter" && !onControl) || key === "escape")) {
      event.preventDefault();
      if (event.repeat || down.has(event.code) || event.timeStamp < paintedAt) return;
      down.add(event.code);
      if (key === "escape") {
        asking = null;
        tell("Stopped. Nothing was decided.");
      } else answerFact(key === "enter" ? "" : key);
      return;
    }
    const button = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
    const digit = chosen && /^[0-9]$/.test(key);
    if (!button && !digit) return;
    event.preventDefault();
    if (event.repeat || down.has(event.code)) return; // a key that is held down counts once
    down.add(event.code);
    if (event.timeStamp < paintedAt) {
      ignored += 1;
      tell(ignored > 1 ? `${ignored} keys were not taken: the card was not on screen yet.` : "That key was not taken: the card was not on screen yet.", true);
      room.dataset.ignored = String(Number(room.dataset.ignored || 0) + 1);
      return;
    }
    if (digit) {
      const { card, code, offered } = chosen;
      chosen = null;
      if (form().dataset.card !== card) return;
      if (key === "0") return void decide(code, "");
      const reason = offered.find((each) => each.dataset.number === key);
      if (reason) decide(code, reason.value);
      return;
    }
    chosen = null;
    act(button.dataset.act);
  });
  addEventListener("keyup", (event) => down.delete(event.code));
  addEventListener("blur", () => down.clear());

  room.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.method === "dialog") return;
    if (button && button.name === "code") {
      event.preventDefault();
      if (event.timeStamp >= paintedAt) choose(button.value);
      else tell("That was not taken: the card was not on screen yet.", true);
    } else if (button && button.dataset.act === "undo") {
      event.preventDefault();
      if (event.timeStamp >= paintedAt || !form()) undo();
    }
  });
  room.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.unblur !== undefined) {
      place.querySelector(".cc-reading__text").classList.add("cc-reading__text--clear");
      button.hidden = true;
    } else if (button.type === "button" && button.dataset.act) act(button.dataset.act);
    else if (button.parentElement === retry && pending) send(pending.address, pending.body);
  });
  // Leaving the page with a decision that was not saved is asked about.
  addEventListener("beforeunload", (event) => {
    if (pending) event.preventDefault();
  });

  if (form()) ready();
})();
