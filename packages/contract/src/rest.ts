import { initContract } from '@ts-rest/core';

/** The one place of the contract that imports ts-rest at run time: a change of library ends here. */
export const c: ReturnType<typeof initContract> = initContract();
