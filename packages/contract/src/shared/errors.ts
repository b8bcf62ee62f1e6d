import { z } from 'zod';

/** Body of every error answer but 422. `code` is stable and has a page in docs/errors. */
export const HttpErrorOut = z.object({ code: z.string(), detail: z.string() }).meta({ id: 'HttpErrorOut' });
export type HttpErrorOut = z.infer<typeof HttpErrorOut>;

/** One thing wrong with the input: where (`loc`, outermost first), what (`msg`) and of which kind (`type`). */
export const ValidationError = z
  .object({ loc: z.array(z.string()), msg: z.string(), type: z.string() })
  .meta({ id: 'ValidationError' });
export type ValidationError = z.infer<typeof ValidationError>;

/** Body of a 422 answer. */
export const HTTPValidationError = z
  .object({ detail: z.array(ValidationError) })
  .meta({ id: 'HTTPValidationError' });
export type HTTPValidationError = z.infer<typeof HTTPValidationError>;

/** The errors that any operation may answer; in this order in the OpenAPI document. */
export const errorResponses = {
  401: HttpErrorOut,
  403: HttpErrorOut,
  404: HttpErrorOut,
  409: HttpErrorOut,
  422: HTTPValidationError,
  429: HttpErrorOut,
} as const;

/** Of operations that may refuse what is well formed and allowed, because of the state of things. */
export const badRequestResponse = { 400: HttpErrorOut } as const;

/** Of operations whose body may be large. */
export const payloadTooLargeResponse = { 413: HttpErrorOut } as const;
