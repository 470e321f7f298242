// What browsers have and TypeScript's library does not, or not yet.

interface Navigator {
  /** In GB, rounded: https://www.w3.org/TR/device-memory/ */
  readonly deviceMemory?: number;
  /** https://wicg.github.io/netinfo/ */
  readonly connection?: { readonly saveData?: boolean };
  /** https://www.w3.org/TR/audio-session/ */
  readonly audioSession?: { type: "auto" | "playback" | "transient" | "transient-solo" | "ambient" | "play-and-record" };
}

interface Window {
  /** EIP-1193: the wallet that is there without announcing itself. */
  ethereum?: unknown;
}
