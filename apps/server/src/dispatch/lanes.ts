/** Requests under way at once to one endpoint: at first, at least and at most. */
const START = 64;
const LEAST = 16;
const MOST = 512;
/** Requests under way at once in all. */
const TOTAL = 2048;
/** Part of the total that endpoints may take which were slow or dead when last tried. */
const SLOW_SHARE = 0.5;
/** An exchange of this many milliseconds and more is slow. */
const SLOW_MS = 1_000;
/** Endpoints that are remembered while nothing is under way to them. */
const REMEMBERED = 20_000;

interface Lane {
  inFlight: number;
  bound: number;
  slow: boolean;
}

/** How a request went, as far as the next ones depend on it. */
export interface Passage {
  readonly durationMs: number;
  /** Whether any answer came, good or bad. */
  readonly answered: boolean;
}

/**
 * How many requests may be under way, to each endpoint and in all. The bound of an endpoint grows while it answers
 * quickly and is halved when it does not answer, so that a receiver that takes 100 ms still gets thousands a second,
 * and a dead one holds few places. Slow endpoints together leave half of the places to the others.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #total = 0;
  #slow = 0;

  /** Takes a place for the endpoint, if there is one. Who takes it gives it back with `release`. */
  take(endpointId: string): boolean {
    const lane = this.#laneOf(endpointId);
    if (this.#roomOf(lane) < 1) return false;
    this.force(endpointId);
    return true;
  }

  /** Takes a place although there is none: for what was claimed just before others took the last ones. */
  force(endpointId: string): void {
    const lane = this.#laneOf(endpointId);
    lane.inFlight += 1;
    this.#total += 1;
    if (lane.slow) this.#slow += 1;
  }

  /** Gives a place back; `passage` tells how it went, undefined when nothing was sent. */
  release(endpointId: string, passage?: Passage): void {
    const lane = this.#laneOf(endpointId);
    lane.inFlight -= 1;
    this.#total -= 1;
    if (lane.slow) this.#slow -= 1;
    if (passage) this.#learn(lane, passage);
    if (lane.inFlight === 0 && this.#lanes.size > REMEMBERED) this.#lanes.delete(endpointId);
  }

  /** How many more requests the endpoint may get now. */
  room(endpointId: string): number {
    const lane = this.#lanes.get(endpointId);
    return lane ? this.#roomOf(lane) : Math.min(START, TOTAL - this.#total);
  }

  /** Endpoints with requests under way that may get no more now. */
  full(): string[] {
    const ids: string[] = [];
    for (const [id, lane] of this.#lanes) if (lane.inFlight > 0 && this.#roomOf(lane) < 1) ids.push(id);
    return ids;
  }

  /** How many more requests may be under way in all. */
  get free(): number {
    return TOTAL - this.#total;
  }

  get inFlight(): number {
    return this.#total;
  }

  #laneOf(endpointId: string): Lane {
    let lane = this.#lanes.get(endpointId);
    if (!lane) {
      lane = { inFlight: 0, bound: START, slow: false };
      this.#lanes.set(endpointId, lane);
    }
    return lane;
  }

  #roomOf(lane: Lane): number {
    const shared = TOTAL - this.#total;
    const room = Math.min(lane.bound - lane.inFlight, shared);
    return lane.slow ? Math.min(room, TOTAL * SLOW_SHARE - this.#slow) : room;
  }

  #learn(lane: Lane, passage: Passage): void {
    const slow = !passage.answered || passage.durationMs >= SLOW_MS;
    if (slow !== lane.slow) {
      this.#slow += slow ? lane.inFlight : -lane.inFlight;
      lane.slow = slow;
    }
    if (!passage.answered) lane.bound = Math.max(LEAST, lane.bound >> 1);
    else if (!slow && lane.inFlight * 2 >= lane.bound) lane.bound = Math.min(MOST, lane.bound + 1);
  }
}
