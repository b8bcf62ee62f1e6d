/**
 * zod, which checks the client's answers, tries out whether it may make code at run time. Our content security policy
 * says no, and the browser complains of each try in the console and to whoever collects reports. This tells zod not to
 * try. It must run before zod does, so it goes through the place where zod keeps its settings, not through zod.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
