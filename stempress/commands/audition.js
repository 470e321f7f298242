// The audition, which the preview server alone serves: the site's own mixer beside a list of variations.
const API = "/.stempress/audition";
const { signal } = new AbortController(); // there is one page here, for as long as the document

/** @typedef {{ text: string, bar: number | null, seconds: number | null, sides: Record<string, string>[] }} Clash */
/** @typedef {{ mix: string, verdict: string, bits: number, permitted: boolean, clashes: Clash[] }} Variation */
/** @typedef {Pick<Data.Layer, "slug" | "name"> & { stems: Pick<Data.Stem, "slug" | "name">[] }} Layer */
/** @typedef {{ permitted: number, rules: string[], variations: Variation[], layers: Layer[] }} Offer what the server says of a song */

/**
 * @template {HTMLElement} E
 * @param {string} name @param {new () => E} type
 */
function part(name, type) {
  const element = document.querySelector(`[data-${name}]`);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${name}`);
}

const songs = part("songs", HTMLSelectElement);
const rule = part("rule", HTMLFormElement);
const sides = {
  when: /** @type {HTMLSelectElement} */ (rule.elements.namedItem("when")),
  exclude: /** @type {HTMLSelectElement} */ (rule.elements.namedItem("exclude")),
};

/** @type {Offer} */
let offer = { permitted: 0, rules: [], variations: [], layers: [] };
let current = ""; // the mix number that is listened to
let checks = 0; // how often a rule has been checked: answers may overtake each other

/**
 * Send a request to the server.
 * @param {string} query @param {object} [body]
 * @returns {Promise<any>}
 */
async function request(query, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`${API}${query}`, options);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.faults.join("; "));
  return content;
}

/** @param {string} words */
function say(words) {
  part("status", HTMLElement).textContent = words;
}

/**
 * Do something, and say what is wrong if it cannot be done.
 * @param {() => Promise<void>} work
 */
async function attempt(work, done = "") {
  try {
    await work();
    say(done);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Show the mixer of the song's page; here every stem is open.
 * @param {string} slug
 */
async function showMixer(slug) {
  const answer = await fetch(`/songs/${slug}/`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const mixer = page.querySelector("stem-mixer");
  if (!mixer) throw new Error(`the page of ${slug} has no mixer`);
  mixer.dataset.locked = "open";
  part("mixer", HTMLElement).replaceChildren(document.adoptNode(mixer));
}

/** @param {string} mix */
function choose(mix) {
  current = mix;
  const mixer = document.querySelector("stem-mixer");
  for (const [row, nth] of mix.split("-").entries()) mixer?.choose(row, Number(nth) - 1);
  show();
  const [worst] = clashesOf(mix);
  if (worst) offerRule(worst);
  else checkRule();
  if (typeof worst?.seconds === "number") mixer?.seek(worst.seconds);
}

/**
 * The clashes of a variation, the worst first.
 * @param {string} mix
 */
function clashesOf(mix) {
  return offer.variations.find((variation) => variation.mix === mix)?.clashes ?? [];
}

/**
 * Fill in the rule that excludes a clash; of a stem that clashes alone, its side.
 * @param {Clash} clash
 */
function offerRule({ sides: [when, exclude] }) {
  sides.when.value = JSON.stringify(when);
  if (exclude) sides.exclude.value = JSON.stringify(exclude);
  checkRule();
}

/** Say beside the rule which stems it would leave without a variation, or why it cannot be added. */
async function checkRule() {
  if (!current) return;
  const check = ++checks;
  const query = new URLSearchParams({ song: songs.value, if: sides.when.value, exclude: sides.exclude.value });
  /** @type {string[]} */
  const warnings = await request(`?${query}`).then((answer) => answer.warnings, (error) => [error.message]);
  if (check === checks) part("effect", HTMLElement).textContent = warnings.join(" ");
}

/** @param {Layer} layer @param {Layer["stems"][0]} stem */
function option(layer, stem) {
  return new Option(`${layer.name}: ${stem.name}`, JSON.stringify({ [layer.slug]: stem.slug }));
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name @param {string} text
 */
function make(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function show() {
  part("current", HTMLElement).textContent = current;
  for (const name of ["approve", "reject", "clear"]) part(name, HTMLButtonElement).disabled = !current;
  const count = offer.permitted.toLocaleString("en");
  part("count", HTMLElement).textContent = offer.permitted === 1 ? "1 variation is permitted" : `${count} variations are permitted`;
  part("rules", HTMLElement).replaceChildren(...offer.rules.map((words) => make("li", words)));
  part("variations", HTMLElement).replaceChildren(...offer.variations.map(variationItem));
  part("why", HTMLElement).hidden = clashesOf(current).length === 0;
  part("clashes", HTMLElement).replaceChildren(...clashesOf(current).map(clashItem));
  const stems = current ? current.split("-").map((nth, row) => ({ layer: offer.layers[row], stem: offer.layers[row].stems[Number(nth) - 1] })).filter(({ stem }) => stem) : [];
  for (const [name, select] of Object.entries(sides)) {
    const before = select.value;
    select.replaceChildren(...stems.map(({ layer, stem }) => option(layer, stem)));
    if ([...select.options].some(({ value }) => value === before)) select.value = before;
    else select.selectedIndex = name === "when" ? 0 : select.options.length - 1;
  }
}

/** @param {Variation} variation */
function variationItem({ mix, verdict, bits, permitted, clashes }) {
  const button = make("button", mix);
  button.type = "button";
  button.className = "key code";
  button.setAttribute("aria-pressed", String(mix === current));
  button.addEventListener("click", () => choose(mix), { signal });
  const item = make("li", "");
  const words = [`${bits} bits`, permitted ? verdict : "excluded by a rule", clashes[0]?.text].filter(Boolean);
  item.append(button, ` ${words.join(" · ")}`);
  return item;
}

/** @param {Clash} clash */
function clashItem(clash) {
  const item = make("li", clash.text);
  const { bar, seconds } = clash;
  if (seconds !== null) {
    item.append(" ", actionButton(bar === null ? "Play from there" : `Play from bar ${bar}`, () => {
      const mixer = document.querySelector("stem-mixer");
      mixer?.seek(seconds);
      mixer?.play();
    }));
  }
  if (clash.sides.length > 1) item.append(" ", actionButton("Fill in the rule", () => offerRule(clash)));
  return item;
}

/** @param {string} name @param {() => void} action */
function actionButton(name, action) {
  const button = make("button", name);
  button.type = "button";
  button.className = "key";
  button.addEventListener("click", action, { signal });
  return button;
}

async function refresh() {
  offer = await request(`?song=${encodeURIComponent(songs.value)}`);
  show();
}

function open() {
  return attempt(async () => {
    current = "";
    part("effect", HTMLElement).textContent = "";
    await showMixer(songs.value);
    await refresh();
    const next = offer.variations.find(({ verdict }) => !verdict);
    if (next) choose(next.mix);
  });
}

/** Go on to the next variation that may be minted and has no verdict. */
function chooseNext() {
  const next = offer.variations.find((variation) => !variation.verdict && variation.mix !== current && variation.permitted);
  if (next) choose(next.mix);
  else checkRule();
}

/**
 * Judge the current variation, and go on to the next that has no verdict.
 * @param {"approved" | "rejected" | ""} verdict
 */
function judge(verdict) {
  return attempt(async () => {
    await request("", { song: songs.value, mix: current, verdict });
    await refresh();
    if (verdict) chooseNext();
  }, verdict ? `${current} is ${verdict}.` : `${current} has no verdict any more.`);
}

songs.addEventListener("change", open, { signal });
part("approve", HTMLButtonElement).addEventListener("click", () => judge("approved"), { signal });
part("reject", HTMLButtonElement).addEventListener("click", () => judge("rejected"), { signal });
part("clear", HTMLButtonElement).addEventListener("click", () => judge(""), { signal });
rule.addEventListener("change", checkRule, { signal });
rule.addEventListener("submit", (event) => {
  event.preventDefault();
  const [when, exclude] = [sides.when, sides.exclude].map(({ value }) => JSON.parse(value));
  const button = part("add-rule", HTMLButtonElement);
  button.disabled = true; // a second press would add a rule against the next variation
  attempt(async () => {
    await request("", { song: songs.value, if: when, exclude });
    await refresh();
    chooseNext(); // the rule excludes the current one: both of its sides are in it
  }, "The rule has been added to the song's file.").finally(() => {
    button.disabled = false;
  });
}, { signal });

attempt(async () => {
  const answer = /** @type {{ songs: Pick<Data.Song, "slug" | "title">[] }} */ (await request(""));
  songs.replaceChildren(...answer.songs.map(({ slug, title }) => new Option(title, slug)));
  await open();
});
