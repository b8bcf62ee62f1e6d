// A large customer for the portal; see portal-place.mjs. The portal's own walks use it too.
import type { Place } from './places.mjs';

export interface Targets {
  readonly app: string;
  readonly endpoint: string;
  readonly quiet: string;
  readonly iterator: string;
  readonly message: string;
  readonly broadcast: string;
  readonly eventType: string;
}

export interface LargePortal {
  readonly url: string;
  readonly targets: Targets;
  link(next: string): Promise<string>;
  end(): Promise<void>;
}

export interface Amounts {
  readonly endpoints: number;
  readonly eventTypes: number;
  readonly messages: number;
  readonly broadcasts: number;
}

export function fillPortal(place: Place, amounts: Amounts): Promise<void>;
export function openPortal(place: Place): Promise<LargePortal>;
