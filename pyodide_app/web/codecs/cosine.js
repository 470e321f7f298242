// The cosine that libopus imports, from + - * / alone: Math.cos differs in the last bit from engine to engine.
//
// Taylor polynomials around 0, on either side of a quarter of pi, in float64. Measured against a correctly rounded cosine
// they are off by at most one unit in the last place, everywhere by the same: that is what counts here.

const HALF_PI = 1.5707963267948966;
const HALF_PI_LOW = 6.123233995736766e-17; // what HALF_PI lacks
const QUARTER_PI = HALF_PI / 2;
const TERMS = 9; // beyond, the terms are below half a unit in the last place

/** @param {number} angle from 0 to half of pi; for others, the engine's own */
export function cosine(angle) {
  if (!(angle >= 0 && angle <= HALF_PI)) return Math.cos(angle);
  return angle <= QUARTER_PI ? cosineSeries(angle) : sineSeries(HALF_PI - angle + HALF_PI_LOW);
}

/** @param {number} angle */
function cosineSeries(angle) {
  const square = angle * angle;
  let sum = 1;
  for (let term = TERMS; term > 0; term--) sum = 1 - (sum * square) / (2 * term * (2 * term - 1));
  return sum;
}

/** @param {number} angle */
function sineSeries(angle) {
  const square = angle * angle;
  let sum = 1;
  for (let term = TERMS; term > 0; term--) sum = 1 - (sum * square) / (2 * term * (2 * term + 1));
  return angle * sum;
}
