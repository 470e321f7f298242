// Pages are made of templates that they bring along; strangers' words only ever become text.
export const ROOT = new URL("../../", import.meta.url);

/** A copy of what <template data-t="name"> holds. */
export function clone(name) {
  return document.querySelector(`template[data-t="${name}"]`).content.firstElementChild.cloneNode(true);
}

/** The element below another that is marked data-name. */
export function part(element, name) {
  return element.querySelector(`[data-${name}]`);
}

export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** A link with these words; without an address that the web knows, the words alone. */
export function link(words, address) {
  const target = webAddress(address);
  if (!target) return document.createTextNode(words);
  const made = document.createElement("a");
  made.href = target;
  if (new URL(target).origin !== ROOT.origin) made.rel = "noopener noreferrer";
  made.textContent = words;
  return made;
}

/** An address, relative to the site's root, in full; "" for what is none, or would run. */
export function webAddress(address) {
  try {
    const url = new URL(address, ROOT);
    return address && ["http:", "https:", ROOT.protocol].includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** Nodes as a list in a sentence. */
export function listed(nodes, last = "or") {
  return nodes.flatMap((node, at) => {
    if (at === 0) return [node];
    return [document.createTextNode(at === nodes.length - 1 ? ` ${last} ` : ", "), node];
  });
}

export function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** A file of the site's data. */
export async function load(address) {
  const answer = await fetch(new URL(address, ROOT));
  if (!answer.ok) throw new Error(`${address} is not there (${answer.status})`);
  return answer.json();
}
