/**
 * Operational webhooks. What listens to an environment itself are endpoints of an application that nobody sees: it lies
 * in an environment of ours, to which no key can belong, and its uid is the environment that it tells about. So every
 * query that asks for applications of a caller's environment passes it over. See storage/operational.ts.
 */
export const operational = {
  name: '0004-operational',
  statements: [
    `insert into environment (id, name, is_default, created_at)
      values ('operational', 'Operational webhooks', false, now())`,
  ],
} as const;
