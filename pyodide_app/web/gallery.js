// Finds tokens without a server. The page reads well without this: the forms are hidden until it
// runs, and the ledger is fetched when somebody first asks for something.

import { loadLedger } from "./ledger.js";

const ROOT = new URL("../../", import.meta.url);
const STEP = 60;
const form = document.querySelector("[data-filter]");

if (form) {
  const page = {
    form,
    status: document.querySelector("[data-status]"),
    found: document.querySelector("[data-found]"),
    everything: document.querySelector("[data-all]"),
    card: document.querySelector("[data-card]"),
  };
  start(page);
}

function start(page) {
  const list = page.found.querySelector("ul");
  const more = page.found.querySelector("button");
  let ledger;
  let matches = [];
  let asked = 0;

  function show(count) {
    const from = list.children.length;
    list.append(...matches.slice(from, from + count).map((token) => makeCard(page.card, token)));
    more.hidden = list.children.length >= matches.length;
  }

  async function search() {
    const turn = ++asked;
    const wanted = readForm(page.form);
    const idle = Object.values(wanted).every((value) => value === "");
    page.everything.hidden = !idle;
    page.found.hidden = idle;
    if (idle) {
      page.status.textContent = "";
      return;
    }
    try {
      ledger ??= readLedger();
      const tokens = await ledger;
      if (turn !== asked) return;
      matches = tokens.filter((token) => fits(token, wanted));
    } catch {
      ledger = undefined;
      page.everything.hidden = false;
      page.found.hidden = true;
      page.status.textContent = "The list of tokens cannot be read here. The pages below have them all.";
      return;
    }
    list.replaceChildren();
    show(STEP);
    page.status.textContent = count(matches.length);
  }

  more.addEventListener("click", () => {
    const first = list.children.length;
    show(STEP);
    list.children[first]?.querySelector("a").focus();
  });
  page.form.addEventListener("input", search);
  page.form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  page.form.hidden = false;
  search(); // a browser may have kept what was typed
}

function count(found) {
  if (found === 0) return "No token is like that";
  return found === 1 ? "1 token" : `${found} tokens`;
}

function readForm(filter) {
  const wanted = {};
  for (const field of filter.elements) {
    if (field.name) wanted[field.name] = field.value.trim().toLowerCase();
  }
  return wanted;
}

async function readLedger() {
  const { tokens } = await loadLedger(ROOT);
  for (const token of tokens) {
    token.text = [token.title, token.tier, token.state, token.song, token.layer, token.stem, token.album]
      .concat(Object.entries(token.stems ?? {}).flat())
      .join(" ")
      .toLowerCase();
  }
  return tokens;
}

function fits(token, { words, tier, state, song }) {
  return (
    (tier === "" || token.tier === tier) &&
    (state === "" || token.state === state) &&
    (song === "" || token.song === song) &&
    words.split(/\s+/).every((word) => word === token.id || token.text.includes(word))
  );
}

function makeCard(template, token) {
  const card = template.content.firstElementChild.cloneNode(true);
  card.classList.add(token.state);
  card.querySelector("a").href = new URL(token.address, ROOT).href;
  card.querySelector("img").src = new URL(token.image, ROOT).href;
  card.querySelector(".name").textContent = token.title;
  card.querySelector("[data-tier]").textContent = token.tier;
  const state = card.querySelector(".state");
  state.textContent = token.state;
  state.classList.add(token.state);
  return card;
}
