import type { ErrorHttpStatusCode } from '@ts-rest/core';
import { type CallResult, type SuccessStatus, unwrap } from './errors.js';

/** One page of a list, as list operations answer it. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly iterator: string | null;
  readonly prevIterator?: string | null | undefined;
  readonly done: boolean;
}

/** What `paginate` needs to know of the input of a list operation. */
export interface ListInput {
  readonly query?:
    | {
        readonly iterator?: string | undefined;
        readonly before?: unknown;
        readonly after?: unknown;
      }
    | undefined;
}

/** What a list operation answers. */
export type ListResult<Item> =
  | { readonly status: SuccessStatus; readonly body: Page<Item>; readonly headers: Headers }
  | (CallResult & { readonly status: ErrorHttpStatusCode });

/**
 * Every item of a list, from page to page; a page is asked for only when its turn comes:
 *
 *     for await (const application of paginate(client.application.list, { query: { limit: 100 } })) …
 *
 * The input goes with every page. Items come in the order of the list. With `after` alone, or an `iterator` that
 * begins with `-`, the server walks the list backwards: items come in the opposite order then.
 *
 * @throws ApiError, and whatever else a call throws
 * @throws Error when the server hands out an iterator for the second time, instead of going round for ever
 */
export async function* paginate<Input extends ListInput | undefined, Item>(
  list: (input: Input) => Promise<ListResult<Item>>,
  input: NoInfer<Input>,
): AsyncGenerator<Item, void, undefined> {
  const backwards = walksBackwards(input);
  const seen = new Set<string>();
  for (let next = input; ; ) {
    const page = await unwrap(list(next));
    yield* backwards ? page.data.toReversed() : page.data;
    const iterator = backwards ? page.prevIterator : page.iterator;
    if (page.done || page.data.length === 0 || !iterator) return;
    if (seen.has(iterator)) throw new Error(`the list does not advance: iterator ${iterator} came twice`);
    seen.add(iterator);
    next = withIterator(input, iterator);
  }
}

/** The server starts at the old end where only the old end is given, and goes on from there by `prevIterator`. */
function walksBackwards(input: ListInput | undefined): boolean {
  const { iterator, before, after } = input?.query ?? {};
  return iterator === undefined ? after !== undefined && before === undefined : iterator.startsWith('-');
}

/**
 * The one cast: TypeScript cannot see that a copy of a generic input is of its type again. It is, since only
 * `query.iterator` changes, and every input of a list takes a string there (`ListInput`).
 */
const withIterator = <Input extends ListInput | undefined>(input: Input, iterator: string): Input =>
  ({ ...input, query: { ...input?.query, iterator } }) as Input;
