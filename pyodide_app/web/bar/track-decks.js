// Players of the queue's tracks: made when a track begins, or ahead of it. Their module is loaded when it is first needed.
import { whenIdle } from "../base/idle.js";
import { ROOT } from "../base/root.js";
import { importLater } from "../base/version.js";
import { isLong } from "../playback/long-songs.js";
import { stemAccess } from "./track-access.js";
import { loadCollection, loadTrack } from "./tracks.js";

/** @import { Player } from "../playback/player.js" */
/** @import { Entry } from "./queue.js" */
/** @import { Track } from "./tracks.js" */
/** @typedef {{ id: number, track: Track, player: Player, life: AbortController }} Deck a player of an entry of the queue */

export class TrackDecks {
  /** @type {typeof import("../playback/player.js") | null} */
  playerModule = null; // once loaded
  #owner;
  /** @type {{ id: number, deck: Promise<Deck> } | null} */
  #ahead = null; // the next track's

  /** @param {Player["owner"]} owner whose sound it is */
  constructor(owner) {
    this.#owner = owner;
  }

  async loadPlayer() {
    this.playerModule ??= await importLater(() => import("../playback/player.js"));
    return this.playerModule;
  }

  /**
   * Load what playing the current track needs besides sound, if it is streamed.
   * @param {() => Data.Song | undefined} currentSong
   */
  async warmUp(currentSong) {
    const song = currentSong();
    if (!song || !isLong(song) || navigator.connection?.saveData) return;
    await whenIdle();
    const { warmUp } = await this.loadPlayer();
    const later = currentSong();
    if (later) warmUp(later);
  }

  /**
   * A deck for an entry: the one that was prepared, or a new one.
   * @param {Entry} entry
   */
  take(entry) {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead?.id === entry.id ? ahead.deck.catch(() => this.#make(entry)) : this.#make(entry);
  }

  /**
   * Decode an entry's track, once, if memory permits.
   * @param {Entry} entry @param {number} room in bytes
   */
  prepare(entry, room) {
    if (entry.id === this.#ahead?.id) return;
    const deck = this.#make(entry).then(async (next) => {
      await next.player.preload(room);
      return next;
    });
    deck.catch(() => {}); // tried again when its turn comes
    this.#ahead = { id: entry.id, deck };
  }

  /** Forget the deck that was prepared. */
  clear() {
    this.#ahead = null;
  }

  /**
   * @param {Entry} entry
   * @returns {Promise<Deck>}
   */
  async #make({ id, address }) {
    const [{ Player }, track, { mixer }] = await Promise.all([this.loadPlayer(), loadTrack(address), loadCollection()]);
    const player = new Player(track.song, ROOT.href, track.rows, stemAccess(track, mixer.locked), mixer.preview_seconds);
    player.owner = this.#owner;
    return { id, track, player, life: new AbortController() };
  }
}
