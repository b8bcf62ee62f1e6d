/** Where a measured server keeps its data; see places.mjs. */
export interface Place {
  remove(): Promise<void> | void;
}

export function embeddedPlace(): Promise<Place>;
