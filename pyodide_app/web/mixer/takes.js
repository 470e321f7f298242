// Takes: recorded, played, exported, verified; as links and files.
/** @import { StemMixer } from "./stem-mixer.js" */
/** @import { OpenTake } from "../takes/fit.js" */
/** @import { Take } from "../takes/format.js" */
import { onEvent } from "./attempts.js";
import { setPressed } from "../base/controls.js";
import { createElement, find } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { saveFile } from "../base/save-file.js";
import { _, plural } from "../language/phrases.js";
import { formatTime } from "../language/units.js";
import { fitTake, orderTake } from "../takes/fit.js";
import { formatTake, MOST_LINK, parseTake } from "../takes/format.js";

const MOST_FILE = 2_000_000; // bytes
const TOUCHED = ".rows, .position, .master, .loop, .sections, .surprise, .slot, .kept, .loop-from, .loop-to"; // by whoever wants another mix

/**
 * Returns what opens a take that is given as text.
 * @param {StemMixer} mixer
 */
export function addTakes(mixer) {
  const record = mixer.querySelector(".record-take");
  const group = mixer.querySelector(".takes");
  if (!record || !(group instanceof HTMLElement)) return async () => {}; // a template of the site's own

  /** @param {OpenTake | null} taken */
  const show = (taken) => {
    mixer.openTake = taken;
    group.hidden = taken === null;
    if (taken) find(group, ".take-length").textContent = _("Take, %(time)s", { time: lengthOf(taken.take) });
  };
  /** @param {string} given */
  const open = async (given) => {
    try {
      const song = await mixer.facts();
      const [recorded, text] = await orderedTake(given, song);
      const take = fitTake(recorded, song);
      show({ take, text });
      await mixer.setMix(startOf(take, song));
      mixer.nextTake = { take, text };
      mixer.announce(_("Take opened. Play plays it, until you touch a control."));
    } catch (error) {
      mixer.announce(_("This take can't be played: %(reason)s", { reason: reasonOf(error) }));
    }
  };
  /** @param {Take | null} take */
  const keep = async (take) => {
    setPressed(record, false);
    if (!take) {
      mixer.announce(_("Nothing was played, so there is no take."));
      return;
    }
    show({ take, text: await formatTake(take) });
    const moves = plural(take.moves.length, "%(num)s move", "%(num)s moves");
    mixer.announce(_("Take recorded: %(time)s, %(moves)s", { time: lengthOf(take), moves }));
  };
  onEvent(mixer, record, "click", async () => {
    const player = await mixer.player();
    if (player.isRecording) {
      player.finishTake();
      return;
    }
    mixer.nextTake = null;
    player.startTake();
    setPressed(record, true);
    mixer.announce(mixer.playing ? _("Recording a take. Press again to end it.") : _("A take is recorded as soon as you press Play."));
  });
  mixer.on("take", (take) => keep(take).catch((error) => mixer.announce(reasonOf(error))));
  mixer.on("take-over", ({ isInterrupted }) => {
    if (isInterrupted) mixer.announce(_("You have taken over: the take goes no further."));
  });
  mixer.on("song", () => {
    setPressed(record, false);
    show(null);
  });
  addSharingOf(mixer, group);
  addFiles(mixer, group, open);
  for (const type of ["click", "input", "change"]) {
    onEvent(mixer, mixer, type, ({ target }) => {
      if (target instanceof Element && target.closest(TOUCHED)) mixer.nextTake = null;
    });
  }
  const published = publishedTake(mixer);
  if (published.take) open(published.take);
  return open;
}

/**
 * A take and its text, with the song's layers in their order: Python takes them as they are.
 * @param {string} given @param {Data.Song} song
 * @returns {Promise<[take: Take, text: string]>}
 */
async function orderedTake(given, song) {
  const recorded = await parseTake(given);
  const take = orderTake(recorded, song);
  return [take, take === recorded ? given : await formatTake(take)];
}

/** @param {StemMixer} mixer @param {HTMLElement} group */
function addSharingOf(mixer, group) {
  onEvent(mixer, find(group, ".play-take"), "click", () => {
    mixer.nextTake = mixer.openTake;
    return mixer.play();
  });
  onEvent(mixer, find(group, ".copy-take"), "click", async () => {
    const { text, take } = currentTake(mixer);
    if (text.length > MOST_LINK) {
      mixer.announce(_("This take is too long for a link: save it to a file."));
      return;
    }
    const link = new URL(location.href);
    link.hash = new URLSearchParams({ v: "1", song: take.song, take: text }).toString();
    try {
      await navigator.clipboard.writeText(link.href);
      mixer.announce(_("Link copied."));
    } catch {
      mixer.announce(link.href); // the visitor can still select it
    }
  });
}

/** @param {StemMixer} mixer @param {HTMLElement} group @param {(text: string) => Promise<void>} open */
function addFiles(mixer, group, open) {
  const save = group.querySelector(".save-take"); // a sandbox has none
  if (save) {
    onEvent(mixer, save, "click", () => {
      const { text, take } = currentTake(mixer);
      saveFile(new File([`${text}\n`], `${take.song}.take`, { type: "text/plain" }));
    });
  }
  const key = mixer.querySelector(".open-take");
  if (!key) return;
  const input = createElement("input", { type: "file", accept: ".take,text/plain", "aria-label": key.textContent ?? "", hidden: true });
  key.after(input);
  onEvent(mixer, key, "click", () => input.click());
  onEvent(mixer, input, "change", async () => {
    const [file] = input.files ?? [];
    input.value = ""; // so that the same file can be chosen again
    if (file) await open(file.size > MOST_FILE ? "" : await file.text());
  });
}

/**
 * The take that the page is about, and its digest.
 * @param {StemMixer} mixer
 * @returns {{ take?: string, takeDigest?: string }}
 */
export function publishedTake(mixer) {
  const section = mixer.closest("[data-take]");
  return section instanceof HTMLElement ? section.dataset : {};
}

/** @param {StemMixer} mixer */
function currentTake(mixer) {
  if (!mixer.openTake) throw new Error(_("no take is open"));
  return mixer.openTake;
}

/** @param {Take} take */
function lengthOf({ length, rate }) {
  return formatTime(Math.round(length / rate));
}

/**
 * The mix that a take begins with.
 * @param {Take} take @param {Data.Song} song
 */
function startOf({ layers, rows, master, loop, position }, song) {
  return {
    choice: rows.map(({ stem }, row) => song.layers[row].stems.findIndex(({ slug }) => slug === layers[row].stems[stem - 1])),
    rows: rows.map(({ volume, pan, ...row }) => ({ ...row, volume: volume / 100, pan: pan / 1e6 })),
    master: master / 100,
    loop,
    at: position,
  };
}
