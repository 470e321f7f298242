// The playlists that are saved in this browser, and one from a link, in the queue panel.
/** @import { Playlist } from "../saved/playlists.js" */
import { createKey } from "../base/controls.js";
import { createElement } from "../base/dom.js";
import { _, plural } from "../language/phrases.js";
import { deletePlaylist, savedPlaylists, savePlaylist } from "../saved/playlists.js";
import { onSaved } from "../saved/stored-list.js";
import { playlistLink } from "./playlists.js";

/**
 * @typedef {object} PlaylistListeners
 * @property {(addresses: string[], options?: { add: boolean }) => Promise<void>} play
 * @property {() => void} deleted
 * @property {(words: string) => void} report
 * @property {(act: () => unknown) => void} attempt runs an action, and reports its error if it fails
 */

export class PlaylistList {
  element = createElement("ul", { class: "playlists" });
  shared = createElement("div", { class: "shared", hidden: true });
  #listeners;
  #signal;

  /** @param {PlaylistListeners} listeners @param {AbortSignal} signal */
  constructor(listeners, signal) {
    this.#listeners = listeners;
    this.#signal = signal;
    onSaved(() => this.show(), signal);
  }

  show() {
    const rows = savedPlaylists().map((playlist) => {
      const remove = this.#button("×", () => {
        deletePlaylist(playlist.name);
        this.#listeners.deleted();
      });
      remove.setAttribute("aria-label", _("Delete %(name)s", { name: playlist.name }));
      return createElement("li", {}, this.#row(playlist, this.#button(_("Copy link"), () => this.copyLink(playlist)), remove));
    });
    this.element.replaceChildren(...(rows.length ? [createElement("li", { class: "label" }, _("Playlists in this browser")), ...rows] : []));
  }

  /**
   * Offer a playlist from a link, without playing it.
   * @param {Playlist} playlist
   */
  offer(playlist) {
    this.shared.replaceChildren(
      createElement("p", { class: "label" }, _("A playlist from a link")),
      this.#row(playlist, this.#button(_("Keep"), () => this.save(playlist))),
    );
    this.shared.hidden = false;
  }

  /** Take back what was offered. */
  dismiss() {
    this.shared.hidden = true;
    this.shared.replaceChildren();
  }

  /** @param {Playlist} playlist */
  save(playlist) {
    savePlaylist(playlist);
    this.#listeners.report(_("Saved in this browser: %(name)s", { name: playlist.name }));
  }

  /** @param {Playlist} playlist */
  async copyLink(playlist) {
    const link = playlistLink(playlist);
    try {
      await navigator.clipboard.writeText(link);
      this.#listeners.report(_("Link copied."));
    } catch {
      this.#listeners.report(_("Link: %(link)s", { link }));
    }
  }

  /** @param {Playlist} playlist @param {...Node} more */
  #row({ name, tracks }, ...more) {
    const play = this.#button(_("Play"), () => this.#listeners.play(tracks));
    play.setAttribute("aria-label", _("Play %(name)s", { name }));
    const add = this.#button(_("Add to queue"), () => this.#listeners.play(tracks, { add: true }));
    const count = createElement("span", { class: "detail" }, plural(tracks.length, "%(num)s track", "%(num)s tracks"));
    return createElement("p", { class: "line" }, createElement("span", { class: "name" }, name, " ", count), play, add, ...more);
  }

  /** @param {string} words @param {() => unknown} act */
  #button(words, act) {
    return createKey(words, () => this.#listeners.attempt(act), this.#signal);
  }
}
