import type { Capability } from '@postrider/contract';

/** The capabilities that give a permission besides the one of its name (spec: authentication and portal, 1.5). */
const ALSO_BY: Partial<Record<Capability, readonly Capability[]>> = {
  ViewEndpointSecret: ['ManageEndpointSecret', 'ManageEndpoint'],
  ManageEndpointSecret: ['ManageEndpoint'],
  ManageTransformations: ['ManageEndpoint'],
};

/** Whether a session with these capabilities may do a thing, as the server will judge it. */
export const may = (capability: Capability, granted: readonly Capability[]): boolean =>
  [capability, ...(ALSO_BY[capability] ?? [])].some((one) => granted.includes(one));
