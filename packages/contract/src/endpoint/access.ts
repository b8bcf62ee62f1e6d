import { operation } from '../shared/access.js';

export const TAG = 'Endpoint';

/** Who may look at endpoints. */
export const READ = operation(TAG, { kind: 'application', capabilities: ['ViewBase'] });
/** Who may make, change and delete them. */
export const MANAGE = operation(TAG, { kind: 'application', capabilities: ['ManageEndpoint'] });
/** Who may have messages sent to them. */
export const SEND = operation(TAG, { kind: 'application', capabilities: ['CreateAttempts'] });
