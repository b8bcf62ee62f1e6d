// Whether figures that were read at even distances grow.

/** The middle one of the values; of none, NaN. */
const medianOf = (values) =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * By how much the last third of the values is above the middle one, as a part of it; null without enough of them. The first
 * third is left out: caches and pools fill. Medians, so that a single slow moment is not taken for growth.
 */
export function growthOf(values) {
  const known = values.filter((value) => value !== null);
  const third = Math.floor(known.length / 3);
  if (third < 2) return null;
  const before = medianOf(known.slice(-2 * third, -third));
  return before === 0 ? 0 : medianOf(known.slice(-third)) / before - 1;
}
