// The names of a song's layers and stems, by their slugs.

/** @typedef {Data.ForgeSong["layers"][0]} Layer */

/**
 * @param {Data.ForgeSong} song @param {string} slug
 * @returns {Layer}
 */
export function layerOf(song, slug) {
  const layer = song.layers.find((other) => other.slug === slug);
  if (!layer) throw new RangeError(`${song.slug}/${slug}`);
  return layer;
}

/** @param {Data.ForgeSong} song @param {string} layerSlug @param {string} stem its slug */
export function stemName(song, layerSlug, stem) {
  const layer = layerOf(song, layerSlug);
  return `${layer.name}: ${layer.stems.find(({ slug }) => slug === stem)?.name ?? stem}`;
}
