import { listOperations } from '@postrider/contract';
import type { RequestHandler } from 'express';

interface Pattern {
  readonly pattern: RegExp;
  readonly method: string;
}

const patterns: readonly Pattern[] = listOperations().map((operation) => ({
  pattern: new RegExp(
    `^${operation.path
      .replace(/\/$/, '')
      .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replace(/\{\w+\}/g, '[^/]+')}/?$`,
    'i',
  ),
  method: operation.method,
}));

/** Answers what no route took: 405 with `Allow` where the path is known, else 404; always JSON. */
export const answerUnknownRoute: RequestHandler = (request, response) => {
  const methods = [
    ...new Set(patterns.filter(({ pattern }) => pattern.test(request.path)).map((p) => p.method)),
  ];
  if (methods.length > 0) {
    if (methods.includes('GET')) methods.push('HEAD');
    response.setHeader('allow', methods.join(', '));
    response.status(405).json({ code: 'method_not_allowed', detail: `Use ${methods.join(', ')} here.` });
    return;
  }
  response.status(404).json({ code: 'not_found', detail: 'There is nothing at this path.' });
};
