// What an endpoint's refusal means. Endpoints share neither codes nor words, so the text decides first, then the
// code, then the HTTP status. The generator's twin is stempress/drop/rpc_errors.py; both are tested with
// tests/support/evm/refusals.json.
//
//   busy      a rate limit: the same request succeeds later
//   limited   the request is too large
//   pruned    the endpoint no longer keeps this block or its state
//   lagging   the endpoint doesn't have this block yet
//   reverted  the contract itself rejects the call
//   denied    the endpoint wants a key, or doesn't offer the method
//   unclear   busy or limited
//   refused   anything else

/** @typedef {"busy" | "limited" | "pruned" | "lagging" | "reverted" | "denied" | "unclear" | "refused"} Kind */

/** @type {[Kind, RegExp][]} texts in lower case; the first that matches decides */
const BY_TEXT = [
  ["denied", /method .*(not found|not exist|not supported|not available|disabled)/],
  ["denied", /unsupported method|method is not (allowed|whitelisted)/],
  ["reverted", /revert|invalid opcode|out of gas|vm execution error|bad instruction/],
  ["lagging", /beyond .*head|after last accepted|future block|unfinalized|is syncing/],
  ["lagging", /block (number )?(is )?out of range/],
  ["limited", /\bbatch/],
  ["busy", /rate.?(is |was )?(limit|exceed)|over rate|too many (requests|connections)/],
  ["busy", /throttl|compute units?|quota|slow down|overload|too busy|concurren/],
  ["busy", /(\/|per )(sec|min|hour|day)|(request|credit)s? (count|limit)/],
  ["pruned", /prun|missing trie node|archiv|ancient|discarded|histor\w+ .*availab/],
  ["pruned", /(state|receipts?|data) .*(not|un) ?-?availab|max\w* proof window/],
  ["pruned", /(before|below|lower than|older than) .*(earliest|lowest|first)/],
  ["limited", /results|log response|response size|logs? (limit|count)|too many logs/],
  ["limited", /time.?out|timed out|took too long|deadline|smaller|narrow|reduce/],
  ["limited", /(request|response|entity|payload|body|content).* too (large|big|long)/],
  ["limited", /range|too (wide|many blocks)|blocks? (distance|span|limit|count)|blocks$/],
  ["limited", /max\w* (number of )?blocks|limited to .*blocks?|more than \S+ blocks/],
  ["busy", /(try|retry) (again|in|after)|temporarily|back.?off|server (is )?busy/],
  ["busy", /usage|capacity/],
  ["lagging", /header not found|(unknown|missing|invalid) block|block .*not (be )?found/],
  ["lagging", /block .*(does not|doesn't) exist|block .*not (yet )?available|not synced/],
  ["lagging", /resource not found/],
  ["denied", /api.?key|unauthori[sz]ed|forbidden|project id|inactive|authenticat/],
  ["unclear", /limit exceeded|exceed\w* .*limit/],
];
/** @type {Map<string, Kind>} */
const BY_CODE = new Map([
  ["3", "reverted"], ["429", "busy"], ["4444", "pruned"], ["-32001", "lagging"], ["-32004", "denied"],
  ["-32005", "unclear"], ["-32007", "busy"], ["-32012", "busy"], ["-32015", "reverted"], ["-32016", "busy"],
  ["-32029", "busy"], ["-32097", "busy"], ["-32601", "denied"],
]);
/** @type {Map<number, Kind>} */
const BY_STATUS = new Map([
  [401, "denied"], [403, "denied"], [404, "denied"], [405, "denied"], [408, "limited"], [410, "denied"],
  [413, "limited"], [414, "limited"], [429, "busy"], [503, "busy"], [504, "limited"], [524, "limited"],
]);
const NESTED = ["message", "reason", "details", "data", "originalError", "error", "cause"];
const DEEPEST = 4;

/**
 * @param {any} error a JSON-RPC error object, untrusted
 * @returns {Kind}
 */
export function kindOf(error, status = 200) {
  const text = [...textsOf(error, DEEPEST)].join(" ").toLowerCase();
  const match = BY_TEXT.find(([, pattern]) => pattern.test(text));
  return match?.[0] ?? BY_CODE.get(codeOf(error)) ?? kindOfStatus(status) ?? "refused";
}

/** @param {number} status of an HTTP response */
export function kindOfStatus(status) {
  return BY_STATUS.get(status);
}

/**
 * The seconds of a Retry-After header, which has seconds or a date; 0 if neither.
 * @param {string | null} header
 */
export function secondsOf(header) {
  if (!header) return 0;
  const seconds = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return seconds > 0 ? seconds : 0;
}

/** @param {any} error */
function codeOf(error) {
  const code = error?.code;
  return typeof code === "number" || typeof code === "string" ? String(code) : "";
}

/**
 * The messages of an error and of those nested in it.
 * @param {any} error @param {number} depth
 * @returns {Generator<string>}
 */
function* textsOf(error, depth) {
  if (typeof error === "string") yield error;
  if (typeof error !== "object" || error === null || !depth) return;
  for (const key of NESTED) yield* textsOf(error[key], depth - 1);
}
