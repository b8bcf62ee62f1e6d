// The screens of the portal on the large customer, and how to know that one of them can be used.

/** Each with its path behind the application's id, and what is there when its content is. */
export const SCREENS = [
  { name: 'endpoints', path: () => '/endpoints', content: 'tbody tr' },
  {
    name: 'endpoints, later page',
    path: ({ iterator }) => `/endpoints?iterator=${iterator}`,
    content: 'tbody tr',
  },
  { name: 'new endpoint', path: () => '/endpoints/new', content: 'fieldset input[type=checkbox]' },
  {
    name: 'endpoint, edit',
    path: ({ endpoint }) => `/endpoints/${endpoint}/edit`,
    content: 'fieldset input[type=checkbox]',
  },
  { name: 'endpoint', path: ({ endpoint }) => `/endpoints/${endpoint}`, content: 'tbody tr' },
  {
    name: 'endpoint, failed of a type',
    path: ({ endpoint }) => `/endpoints/${endpoint}?status=fail&eventType=scale.type_0`,
    content: 'tbody tr',
  },
  { name: 'endpoint with few attempts', path: ({ quiet }) => `/endpoints/${quiet}`, content: 'tbody tr' },
  {
    name: 'endpoint, testing',
    path: ({ endpoint }) => `/endpoints/${endpoint}/testing`,
    content: 'textarea',
  },
  {
    name: 'endpoint, advanced',
    path: ({ endpoint }) => `/endpoints/${endpoint}/advanced`,
    content: 'section button',
  },
  { name: 'messages', path: () => '/messages', content: 'tbody tr' },
  {
    name: 'messages of a type',
    path: () => '/messages?eventType=scale.type_0',
    content: 'tbody tr',
  },
  { name: 'message', path: ({ message }) => `/messages/${message}`, content: 'details' },
  {
    name: 'message to all endpoints',
    path: ({ broadcast }) => `/messages/${broadcast}`,
    content: 'details',
  },
  { name: 'activity, hours', path: () => '/activity', content: 'svg rect' },
  { name: 'activity, 5 minutes', path: () => '/activity?period=FiveMinutes', content: 'svg rect' },
  { name: 'activity, days', path: () => '/activity?period=OneDay', content: 'svg rect' },
  { name: 'event types', path: () => '/event-types', content: 'li a' },
  { name: 'event type', path: ({ eventType }) => `/event-types/${eventType}`, content: 'pre' },
  { name: 'verify', path: () => '/verify', content: 'input[role=combobox]' },
  { name: 'access', path: () => '/access', content: 'time' },
];

/**
 * Runs in the page, so it stands for itself. A screen can be used when it has its heading, its first content, and nothing
 * in sight that is still on its way.
 *
 * @returns milliseconds from the beginning of the navigation until then
 */
export function untilUsable(content) {
  const isInSight = (mark) => {
    const { top, bottom } = mark.getBoundingClientRect();
    return bottom > 0 && top < innerHeight && bottom > top;
  };
  const isUsable = () => {
    const main = document.querySelector('main');
    const waiting = [...document.querySelectorAll('.mantine-Skeleton-root, [data-loading]')];
    return (
      Boolean(main?.querySelector('h1')?.textContent) &&
      main.querySelector(content) !== null &&
      !waiting.some(isInSight)
    );
  };
  return new Promise((resolve) => {
    const look = () => (isUsable() ? resolve(performance.now()) : requestAnimationFrame(look));
    look();
  });
}

/**
 * Runs in the page, so it stands for itself. A screen is interactive when its heading and its first rows are drawn and
 * the thread is free to answer: figures that are still on their way do not keep a reader from pressing anything.
 *
 * @returns milliseconds from the beginning of the navigation until then
 */
export function untilInteractive(content) {
  return new Promise((resolve) => {
    const look = () => {
      const main = document.querySelector('main');
      const isThere = Boolean(main?.querySelector('h1')?.textContent) && main.querySelector(content) !== null;
      if (isThere) setTimeout(() => resolve(performance.now()), 0);
      else requestAnimationFrame(look);
    };
    look();
  });
}
