import type { OperationMetadata } from '@postrider/contract';
import type { AppRoute } from '@ts-rest/core';

export type { AppRoute } from '@ts-rest/core';

/** The access that an operation declares in its metadata. */
export type AccessOf<R extends AppRoute> = R extends {
  metadata: { access: infer A extends OperationMetadata['access'] };
}
  ? A
  : never;
