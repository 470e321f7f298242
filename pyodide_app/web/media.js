// The keys of a keyboard or a headset, and the lock screen: they are for whatever announced itself last.
const ACTIONS = ["play", "pause", "stop", "previoustrack", "nexttrack", "seekto", "seekbackward", "seekforward"];

/** Say what plays, and what the keys do; a key without a handler does nothing. */
export function announce(metadata, handlers) {
  const { mediaSession } = navigator;
  if (!mediaSession) return;
  mediaSession.metadata = new MediaMetadata(metadata);
  for (const action of ACTIONS) {
    try {
      mediaSession.setActionHandler(action, handlers[action] ?? null);
    } catch {
      continue; // this browser knows no such key
    }
  }
}

/** Say whether it is "playing" or "paused"; anything else is neither. */
export function tellState(state) {
  if (navigator.mediaSession) {
    navigator.mediaSession.playbackState = { playing: "playing", paused: "paused" }[state] ?? "none";
  }
}
