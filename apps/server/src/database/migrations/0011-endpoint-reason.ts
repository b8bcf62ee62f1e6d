/** When an endpoint was disabled. Why is a column since the second step; from this one on it is set for all. */
export const endpointReason = {
  name: '0011-endpoint-reason',
  statements: ['alter table endpoint add column disabled_at timestamptz'],
} as const;
