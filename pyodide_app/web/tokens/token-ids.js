// Token ids: unique within the collection. Of a tier in a contract of its own they are "<tier>/<number>".

/**
 * The number that the contract knows.
 * @param {string} id
 */
export function numberOf(id) {
  return id.slice(id.lastIndexOf("/") + 1);
}

/**
 * Sort order: by number, then by tier.
 * @param {string} one @param {string} other
 */
export function compareIds(one, other) {
  const [a, b] = [BigInt(numberOf(one)), BigInt(numberOf(other))];
  if (a !== b) return a < b ? -1 : 1;
  return one < other ? -1 : Number(one > other);
}

/**
 * The ids held that are among ids in runs, such as "1-100 205 song/7-9"; in order.
 * @param {string} runs @param {Iterable<string>} held
 */
export function heldAmong(runs, held) {
  const ranges = runs.split(" ").filter(Boolean).map((run) => {
    const [first, last = numberOf(first)] = run.split("-");
    return { folder: folderOf(first), low: BigInt(numberOf(first)), high: BigInt(last) };
  });
  return [...held].filter((id) => {
    const number = BigInt(numberOf(id));
    return ranges.some(({ folder, low, high }) => folder === folderOf(id) && low <= number && number <= high);
  }).sort(compareIds);
}

/** @param {string} id */
function folderOf(id) {
  return id.slice(0, id.lastIndexOf("/") + 1);
}

/**
 * @typedef {object} TierContract
 * @property {Data.Contract} contract
 * @property {string} folder "<tier>/" if it is that of one tier alone, otherwise ""
 */
/**
 * The contracts of a collection: first the one that tiers share, if any.
 * @param {Pick<Data.Collection, "contract" | "contracts">} collection
 * @returns {TierContract[]}
 */
export function contractsOf({ contract, contracts }) {
  const own = Object.entries(contracts ?? {}).map(([tier, each]) => ({ contract: each, folder: `${tier}/` }));
  return [...(contract ? [{ contract, folder: "" }] : []), ...own];
}

/**
 * The contract of a token, and its number there.
 * @param {Pick<Data.Collection, "contract" | "contracts">} collection @param {string} id
 */
export function contractOf({ contract, contracts }, id) {
  const tier = /** @type {Data.Tier | ""} */ (id.slice(0, -numberOf(id).length - 1));
  return (tier ? contracts?.[tier] : contract) ?? null;
}
