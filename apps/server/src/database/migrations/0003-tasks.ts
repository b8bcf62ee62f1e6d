/** Background tasks: long work with an id and a status, done step by step. */
export const tasks = {
  name: '0003-tasks',
  statements: [
    // due_at: when the next step may be made (also the end of a step's lease); null once it is finished or failed.
    // owner: number of the process that makes a step now. state: where it goes on; data: what callers see of it.
    // application_id and endpoint_id: whose it is; the tasks of one endpoint are done one after the other.
    // idle: steps in a row that had to wait; failures: those that went wrong by a fault of ours.
    `create table background_task (
      environment_id text collate "C" not null references environment (id) on delete cascade,
      id text collate "C" primary key,
      kind text collate "C" not null,
      status text collate "C" not null,
      application_id text collate "C",
      endpoint_id text collate "C",
      input jsonb not null,
      state jsonb not null,
      data jsonb not null,
      due_at timestamptz,
      owner integer,
      idle smallint not null default 0,
      failures smallint not null default 0,
      created_at timestamptz not null,
      updated_at timestamptz not null
    ) with (fillfactor = 70)`,
    'create index background_task_list on background_task (environment_id, id)',
    'create index background_task_due on background_task (due_at) where due_at is not null',
    'create index background_task_endpoint on background_task (application_id, endpoint_id, id) where due_at is not null',
    'create index background_task_age on background_task (updated_at) where due_at is null',
  ],
} as const;
