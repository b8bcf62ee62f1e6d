import { type CallResult, type SuccessBody, unwrap } from '@postrider/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';

/** When to look again, in milliseconds, after something was started that goes on behind the scenes. */
const LOOK_AGAIN_AFTER = [700, 2000, 5000];

/**
 * A call that changes something: `const save = useChange((body) => api.endpoint.patch({ params, body }))`. Afterwards
 * everything that is on the screen is loaded anew, since a change may show in more than one place.
 *
 * @param onDone runs first, with the answer; what it changes on the screen needs no loading any more
 * @param settings `startsWork`: the answer is but the beginning, as of a resend; what comes of it shows moments later
 */
export function useChange<Input, Result extends CallResult>(
  call: (input: Input) => Promise<Result>,
  onDone?: (body: SuccessBody<Result>, input: Input) => unknown,
  { startsWork = false }: { readonly startsWork?: boolean } = {},
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => unwrap(call(input)),
    onSuccess: async (body, input) => {
      await onDone?.(body, input);
      void queryClient.invalidateQueries();
      if (!startsWork) return;
      for (const wait of LOOK_AGAIN_AFTER) setTimeout(() => void queryClient.invalidateQueries(), wait);
    },
  });
}
