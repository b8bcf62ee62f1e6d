/** Requests under way at once in all. */
const TOTAL = 2048;
/** Those to one endpoint: before its first answer, after it, at least and at most. */
const UNPROVEN = 16;
const START = 64;
const LEAST = 16;
const MOST = 512;
/** An exchange of this many milliseconds and more is slow. */
const SLOW_MS = 1_000;
/** Endpoints that are remembered while nothing is under way to them. */
const REMEMBERED = 20_000;

/** What an endpoint is known for: nothing yet, quick answers, or slow ones and none. */
type Pace = 'new' | 'quick' | 'slow';

/** Requests under way at once to all endpoints of a pace. What the others leave is for the quick. */
const SHARE: Readonly<Record<Pace, number>> = { new: TOTAL / 4, quick: TOTAL, slow: TOTAL / 2 };

interface Lane {
  inFlight: number;
  bound: number;
  pace: Pace;
  /** Whether it has ever answered. */
  proven: boolean;
  /** When it last answered, or was first asked after a pause. */
  heardAt: number;
  /** Somebody wanted a place and found none. */
  wanted: boolean;
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
 * and a dead one holds few places. Slow endpoints together, and those that have not answered yet, leave places to the
 * others.
 */
export class Lanes {
  readonly #now: () => number;
  readonly #lanes = new Map<string, Lane>();
  readonly #taken: Record<Pace, number> = { new: 0, quick: 0, slow: 0 };
  #total = 0;

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes a place for the endpoint, if there is one. Who takes it gives it back with `release`. */
  take(endpointId: string): boolean {
    if (this.room(endpointId) < 1) return false;
    this.force(endpointId);
    return true;
  }

  /** Takes a place although there is none: for what was claimed just before others took the last ones. */
  force(endpointId: string): void {
    const lane = this.#laneOf(endpointId);
    if (lane.inFlight === 0) lane.heardAt = this.#now();
    lane.inFlight += 1;
    this.#total += 1;
    this.#taken[lane.pace] += 1;
  }

  /**
   * Gives a place back; `passage` tells how it went, undefined when nothing was sent. Gives whether to look for what
   * waits: the endpoint had no room when it was wanted, and has enough by now to be worth it.
   */
  release(endpointId: string, passage?: Passage): boolean {
    const lane = this.#laneOf(endpointId);
    lane.inFlight -= 1;
    this.#total -= 1;
    this.#taken[lane.pace] -= 1;
    if (passage) this.#learn(lane, passage);
    if (lane.wanted && this.#roomOf(lane) * 4 >= lane.bound) {
      lane.wanted = false;
      return true;
    }
    if (lane.inFlight === 0 && this.#lanes.size > REMEMBERED) this.#lanes.delete(endpointId);
    return false;
  }

  /** How many more requests the endpoint may get now. */
  room(endpointId: string): number {
    const lane = this.#laneOf(endpointId);
    const room = this.#roomOf(lane);
    if (room < 1) lane.wanted = true;
    return room;
  }

  /** Endpoints that may get no more now. */
  full(): string[] {
    const ids: string[] = [];
    for (const [id, lane] of this.#lanes) {
      if (this.#roomOf(lane) >= 1) continue;
      lane.wanted = true;
      ids.push(id);
    }
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
      if (this.#lanes.size > 2 * REMEMBERED) this.#forgetIdle();
      lane = { inFlight: 0, bound: UNPROVEN, pace: 'new', proven: false, heardAt: 0, wanted: false };
      this.#lanes.set(endpointId, lane);
    }
    return lane;
  }

  #forgetIdle(): void {
    for (const [id, lane] of this.#lanes) if (lane.inFlight === 0) this.#lanes.delete(id);
  }

  #roomOf(lane: Lane): number {
    // Who was asked and says nothing for a second is slow before its time is up.
    if (lane.inFlight > 0 && this.#now() - lane.heardAt >= SLOW_MS) this.#setPace(lane, 'slow');
    return Math.min(
      lane.bound - lane.inFlight,
      SHARE[lane.pace] - this.#taken[lane.pace],
      TOTAL - this.#total,
    );
  }

  #setPace(lane: Lane, pace: Pace): void {
    if (lane.pace === pace) return;
    this.#taken[lane.pace] -= lane.inFlight;
    this.#taken[pace] += lane.inFlight;
    lane.pace = pace;
  }

  #learn(lane: Lane, { durationMs, answered }: Passage): void {
    const slow = !answered || durationMs >= SLOW_MS;
    if (!answered) lane.bound = Math.max(LEAST, lane.bound >> 1);
    else if (!lane.proven) lane.bound = START;
    else if (!slow && lane.inFlight * 2 >= lane.bound) lane.bound = Math.min(MOST, lane.bound + 1);
    if (answered) {
      lane.proven = true;
      lane.heardAt = this.#now();
    }
    this.#setPace(lane, slow ? 'slow' : 'quick');
  }
}
