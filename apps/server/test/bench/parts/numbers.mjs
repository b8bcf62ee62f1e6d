/** Messages of a warm-up carry numbers from here on and are not counted. */
export const WARM_UP_FROM = 1_000_000_000;
