// The keys of a keyboard or a headset, and the lock screen: they are for whatever announced itself last.
/** @type {readonly MediaSessionAction[]} */
const ACTIONS = ["play", "pause", "stop", "previoustrack", "nexttrack", "seekto", "seekbackward", "seekforward"];
/** @type {MediaSession | undefined} */
const mediaSession = navigator.mediaSession;
/** @type {object | null} */
let owner = null;

/**
 * Say what `who` plays, and what the keys do; a key without a handler does nothing.
 * @param {object | null} who @param {MediaMetadataInit | null} metadata
 * @param {Partial<Record<MediaSessionAction, MediaSessionActionHandler>>} handlers
 */
export function setMediaSession(who, metadata, handlers) {
  if (!mediaSession) return;
  owner = who;
  mediaSession.metadata = metadata && new MediaMetadata(metadata);
  for (const action of ACTIONS) {
    try {
      mediaSession.setActionHandler(action, handlers[action] ?? null);
    } catch {
      continue; // this browser knows no such key
    }
  }
}

/**
 * Have nothing to play any more.
 * @param {object} who
 */
export function clearMediaSession(who) {
  if (who !== owner) return;
  setPlaybackState(who, "none");
  setMediaSession(null, null, {});
}

/**
 * Say whether it is "playing" or "paused", anything else is neither; and where it is, in seconds.
 * @param {object} who @param {string} state
 */
export function setPlaybackState(who, state, { position = 0, duration = 0 } = {}) {
  if (who !== owner || !mediaSession) return;
  mediaSession.playbackState = state === "playing" || state === "paused" ? state : "none";
  mediaSession.setPositionState?.(duration > 0 ? { position: Math.min(position, duration), duration } : undefined);
}
