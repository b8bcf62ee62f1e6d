import { Fragment } from 'react';

/** An address that may be broken behind its slashes and before its query, instead of in the middle of a word. */
export function Address({ url }: { readonly url: string }) {
  const parts = url.split(/(?<=[^/:]\/)|(?=[?&])/);
  return parts.map((part, index) => (
    // The parts of an address never move.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={index}>
      {index === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ));
}
