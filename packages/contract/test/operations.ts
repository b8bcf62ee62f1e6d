import type { AppRouter } from '@ts-rest/core';
import { contract } from '../src/contract.js';
import { endpoint } from '../src/endpoint/contract.js';
import { eventType } from '../src/event-type/contract.js';
import { message } from '../src/message/contract.js';
import { messageAttempt } from '../src/message-attempt/contract.js';
import { listOperations } from '../src/openapi.js';

/** The contract with the resources that are described but not served yet. */
export const everything: AppRouter = { ...contract, endpoint, eventType, message, messageAttempt };

/** Every operation with a name for tests: `[name, operation]`. */
export const operations = listOperations(everything).map(
  (operation) => [operation.key.join('.'), operation] as const,
);
