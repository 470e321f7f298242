// Where a song's sections begin and end.

/** @typedef {{ name: string, start: number, end: number }} Section in seconds */

/**
 * Each section ends where the next begins, the last with the song.
 * @param {Pick<Data.Song, "sections" | "bar_seconds" | "duration">} song
 * @returns {Section[]}
 */
export function sectionsOf({ sections, bar_seconds: bar, duration }) {
  if (!bar) return [];
  const starts = [...sections.map((section) => Math.min((section.bar - 1) * bar, duration)), duration];
  return sections.map(({ name }, nth) => ({ name, start: starts[nth], end: starts[nth + 1] })).filter(({ start, end }) => start < end);
}
