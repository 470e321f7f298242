// The audition, which the preview server alone serves: the site's own mixer beside a list.
const API = "/.stempress/audition";
const find = (name) => document.querySelector(`[data-${name}]`);
const songs = find("songs");
const rule = find("rule");

let offer = null; // what the server told of the song
let current = ""; // the mix number that is listened to

async function ask(question, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`${API}${question}`, options);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.faults.join("; "));
  return content;
}

function say(words) {
  find("status").textContent = words;
}

/** Do something, and tell what is wrong with it if it cannot be done. */
async function attempt(work, done = "") {
  try {
    await work();
    say(done);
  } catch (error) {
    say(error.message);
  }
}

/** The song's page has the mixer; here every stem is open. */
async function mixer(slug) {
  const answer = await fetch(`/songs/${slug}/`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const element = document.adoptNode(page.querySelector("stem-mixer"));
  element.dataset.locked = "open";
  find("mixer").replaceChildren(element);
}

async function choose(mix) {
  current = mix;
  const element = find("mixer").querySelector("stem-mixer");
  for (const [at, nth] of mix.split("-").entries()) element.choose(at, Number(nth) - 1);
  show();
}

function option(layer, stem) {
  return new Option(`${layer.name}: ${stem.name}`, JSON.stringify({ [layer.slug]: stem.slug }));
}

function show() {
  find("current").textContent = current;
  for (const name of ["approve", "reject", "clear"]) find(name).disabled = !current;
  const count = offer.permitted.toLocaleString("en");
  find("count").textContent = offer.permitted === 1 ? "1 variation is permitted" : `${count} variations are permitted`;
  find("rules").replaceChildren(...offer.rules.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
  find("variations").replaceChildren(...offer.variations.map(({ mix, verdict, bits, permitted }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "key code", textContent: mix });
    button.setAttribute("aria-pressed", String(mix === current));
    button.addEventListener("click", () => choose(mix));
    const item = document.createElement("li");
    item.append(button, ` ${bits} bits ${permitted ? verdict : "excluded by a rule"}`);
    return item;
  }));
  const chosen = current ? current.split("-").map((nth, at) => [offer.layers[at], offer.layers[at].stems[nth - 1]]) : [];
  for (const name of ["when", "exclude"]) {
    const select = rule.elements[name];
    const before = select.value;
    select.replaceChildren(...chosen.map(([layer, stem]) => option(layer, stem)));
    if ([...select.options].some(({ value }) => value === before)) select.value = before;
    else select.selectedIndex = name === "when" ? 0 : select.options.length - 1;
  }
}

async function refresh() {
  offer = await ask(`?song=${encodeURIComponent(songs.value)}`);
  show();
}

function open() {
  return attempt(async () => {
    current = "";
    await mixer(songs.value);
    await refresh();
    const next = offer.variations.find(({ verdict }) => !verdict);
    if (next) await choose(next.mix);
  });
}

/** Judge the current variation, and go on to the next that has no verdict. */
function judge(verdict) {
  return attempt(async () => {
    await ask("", { song: songs.value, mix: current, verdict });
    await refresh();
    const next = offer.variations.find((each) => !each.verdict && each.mix !== current && each.permitted);
    if (verdict && next) await choose(next.mix);
  }, verdict ? `${current} is ${verdict}.` : `${current} has no verdict any more.`);
}

songs.addEventListener("change", open);
find("approve").addEventListener("click", () => judge("approved"));
find("reject").addEventListener("click", () => judge("rejected"));
find("clear").addEventListener("click", () => judge(""));
rule.addEventListener("submit", (event) => {
  event.preventDefault();
  const side = (name) => JSON.parse(rule.elements[name].value);
  attempt(async () => {
    await ask("", { song: songs.value, if: side("when"), exclude: side("exclude") });
    await refresh();
  }, "The rule has been added to the song's file.");
});

attempt(async () => {
  const found = await ask("");
  songs.replaceChildren(...found.songs.map(({ slug, title }) => new Option(title, slug)));
  await open();
});
