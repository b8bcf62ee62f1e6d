import { eventsQuery } from '../message/events-query.js';
import { MessageEventsOut } from '../message/search.js';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';

export const events = c.router(
  {
    stream: {
      method: 'GET',
      path: '/events/',
      query: eventsQuery,
      responses: { 200: MessageEventsOut },
      summary: 'Events',
      description:
        'The messages of all applications of the environment in the order in which they came, to be followed as those of one application.',
      metadata: operation('Events', { kind: 'environment' }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
