import { type CallResult, type SuccessBody, unwrap } from '@postrider/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';

/**
 * A call that changes something: `const save = useChange((body) => api.endpoint.patch({ params, body }))`. Afterwards
 * everything that is on the screen is loaded anew, since a change may show in more than one place.
 *
 * @param onDone runs first, with the answer; what it changes on the screen needs no loading any more
 */
export function useChange<Input, Result extends CallResult>(
  call: (input: Input) => Promise<Result>,
  onDone?: (body: SuccessBody<Result>, input: Input) => unknown,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => unwrap(call(input)),
    onSuccess: async (body, input) => {
      await onDone?.(body, input);
      void queryClient.invalidateQueries();
    },
  });
}
