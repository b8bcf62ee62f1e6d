// The calls whose time must not depend on how much is stored.

const day = 86_400_000;
const past = (days) => new Date(Date.now() - days * day).toISOString();

/** Reads, by what they ask for; each gets something that is there: `app`, `endpoint`, `message`, `attempt`, `heavy`. */
export const READS = [
  ['application', ({ app }) => `/app/${app}/`],
  ['applications', () => '/app/?limit=50'],
  ['endpoints', ({ app }) => `/app/${app}/endpoint/?limit=50`],
  ['event types', () => '/event-type/?limit=50'],
  ['message', ({ app, message }) => `/app/${app}/msg/${message}/`],
  ['message by event id', ({ app, number }) => `/app/${app}/msg/event-${number}/`],
  ['messages', ({ app }) => `/app/${app}/msg/?limit=50`],
  ['messages, later page', ({ app, middle }) => `/app/${app}/msg/?limit=50&iterator=${middle}`],
  ['messages after', ({ app }) => `/app/${app}/msg/?limit=50&after=${past(20)}`],
  ['messages of a type', ({ app }) => `/app/${app}/msg/?limit=50&event_types=scale.type_0`],
  ['messages of a type that never occurs', ({ app }) => `/app/${app}/msg/?limit=50&event_types=scale.none`],
  ['messages of a rare tag', ({ app }) => `/app/${app}/msg/?limit=50&tag=rare`],
  ['messages of a channel that never occurs', ({ app }) => `/app/${app}/msg/?limit=50&channel=none`],
  [
    'messages of a rare tag and a type',
    ({ app }) => `/app/${app}/msg/?limit=50&tag=rare&event_types=scale.type_0`,
  ],
  ['messages followed', ({ app }) => `/app/${app}/events/?limit=50&after=${past(20)}`],
  ['messages of all applications followed', () => `/events/?limit=50&after=${past(20)}`],
  ['attempt', ({ app, message, attempt }) => `/app/${app}/msg/${message}/attempt/${attempt}/`],
  ['attempts of an endpoint', ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/?limit=50`],
  [
    'attempts, with messages',
    ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/?limit=50&with_msg=true`,
  ],
  [
    'attempts that failed',
    ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/?limit=50&status=2`,
  ],
  [
    'attempts of a type',
    ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/?limit=50&event_types=scale.type_0`,
  ],
  [
    'attempts of a type that never occurs',
    ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/?limit=50&event_types=scale.none`,
  ],
  [
    'attempts of a rare tag',
    ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/?limit=50&tag=rare`,
  ],
  ['attempts counted', ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/count/`],
  [
    'attempted messages of a rare tag',
    ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/msg/?limit=50&tag=rare`,
  ],
  [
    'attempts that succeeded',
    ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/?limit=50&status=0`,
  ],
  [
    'attempts with status codes 5xx',
    ({ app, endpoint }) => `/app/${app}/attempt/endpoint/${endpoint}/?limit=50&status_code_class=500`,
  ],
  ['attempts of a message', ({ app, message }) => `/app/${app}/attempt/msg/${message}/?limit=50`],
  ['attempted messages', ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/msg/?limit=50`],
  [
    'attempted messages that succeeded',
    ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/msg/?limit=50&status=0`,
  ],
  [
    'attempted messages that are pending',
    ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/msg/?limit=50&status=1`,
  ],
  [
    'attempted messages that failed',
    ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/msg/?limit=50&status=2`,
  ],
  [
    'attempted messages to be tried again',
    ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/msg/?limit=50&status=3`,
  ],
  [
    'attempted messages canceled',
    ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/msg/?limit=50&status=4`,
  ],
  ['attempted destinations', ({ app, message }) => `/app/${app}/msg/${message}/endpoint/?limit=50`],
  ['stats of 28 days', ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/stats/`],
  ['stats of a day', ({ app, endpoint }) => `/app/${app}/endpoint/${endpoint}/stats/?since=${past(1)}`],
  [
    'figures of a day by 5 minutes',
    ({ app }) => `/stats/app/${app}/attempt/?period=FiveMinutes&startDate=${past(1)}`,
  ],
  [
    'figures of 27 days by day',
    ({ app }) => `/stats/app/${app}/attempt/?period=OneDay&startDate=${past(27)}`,
  ],
  ['figures by event type', ({ app }) => `/app/${app}/stats/attempts/?since=${past(20)}&until=${past(0)}`],
  ['active applications', () => '/app/stats/count-active/'],
  ['number of endpoints', () => '/stats/endpoint/count/'],
  ['background tasks', () => '/background-task/?limit=50'],
  ['audit log', () => '/audit-log/?limit=50'],
  ['heavy: attempted messages', ({ heavy }) => `/app/scale-0/endpoint/${heavy}/msg/?limit=50`],
  [
    'heavy: attempted messages that failed',
    ({ heavy }) => `/app/scale-0/endpoint/${heavy}/msg/?limit=50&status=2`,
  ],
  [
    'heavy: attempted messages to be tried again',
    ({ heavy }) => `/app/scale-0/endpoint/${heavy}/msg/?limit=50&status=3`,
  ],
  [
    'heavy: attempted messages that are pending',
    ({ heavy }) => `/app/scale-0/endpoint/${heavy}/msg/?limit=50&status=1`,
  ],
  ['heavy: stats of 28 days', ({ heavy }) => `/app/scale-0/endpoint/${heavy}/stats/`],
  [
    'heavy: attempts of a type that never occurs',
    ({ heavy }) => `/app/scale-0/attempt/endpoint/${heavy}/?limit=50&event_types=scale.none`,
  ],
  ['heavy: throttle', ({ heavy }) => `/app/scale-0/endpoint/${heavy}/rate-limit-status/`],
].map(([name, path]) => ({ name, path: (target) => `/api/v1${path(target)}` }));
