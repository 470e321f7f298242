// Long songs, of more than a minute: they are streamed.

/**
 * Whether a song is long: then the build says where each second of its stems begins.
 * @param {Data.Song} song
 */
export function isLong({ layers }) {
  return layers.some(({ stems }) => stems.some(({ audio }) => audio.starts));
}
