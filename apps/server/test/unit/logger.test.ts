import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/observability/logger.js';

function logged(error: unknown): { line: string; err: Record<string, unknown> } {
  let line = '';
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      line += chunk.toString();
      done();
    },
  });
  createLogger('info', sink).error({ err: error }, 'it went wrong');
  return { line, err: (JSON.parse(line) as { err: Record<string, unknown> }).err };
}

describe('an error in the log', () => {
  it('says what kind it is and where it came from, and not what it was about', () => {
    const error = Object.assign(new Error('new row violates a check'), {
      code: '23514',
      table: 'message',
      constraint: 'no_events',
      detail: 'Failing row contains (body-of-message)',
      query: 'insert into message values ($1)',
      params: ['v1,signature', 'body-of-message'],
      parameters: ['body-of-message'],
      where: 'body-of-message',
      headers: { authorization: 'Bearer header-token' },
    });
    const { line, err } = logged(error);
    expect(err).toEqual({
      type: 'Error',
      message: 'new row violates a check',
      stack: expect.stringContaining('logger.test'),
      code: '23514',
      table: 'message',
      constraint: 'no_events',
    });
    expect(line).not.toMatch(/body-of-message|signature|header-token/);
  });

  it('tells its causes in the same way, and those of many', () => {
    const cause = Object.assign(new Error('inner'), { code: 'ECONNREFUSED', params: ['body-of-message'] });
    const { line, err } = logged(new AggregateError([cause], 'all of them', { cause }));
    expect(err).toMatchObject({
      type: 'AggregateError',
      cause: { message: 'inner', code: 'ECONNREFUSED' },
      errors: [{ message: 'inner' }],
    });
    expect(line).not.toContain('body-of-message');
  });

  it('may be anything that was thrown', () => {
    expect(logged('a text').err).toBe('a text');
    expect(logged({ secret: 'body-of-message' }).line).not.toContain('body-of-message');
  });
});
