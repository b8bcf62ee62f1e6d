import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HTTPValidationError, HttpErrorOut } from '../src/shared/errors.js';
import { idempotencyHeaders } from '../src/shared/headers.js';
import { operations } from './operations.js';

/** Component name of a body; undefined where it has none. */
const componentOf = (schema: unknown): unknown =>
  schema instanceof z.ZodType ? schema.meta()?.['id'] : undefined;

const keysOf = (schema: unknown): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

describe.each(operations)('%s', (operationName, operation) => {
  const { route, metadata } = operation;
  const body = 'body' in route ? route.body : undefined;

  test('says who may call it', () => {
    expect(['public', 'authenticated', 'environment', 'application', 'session']).toContain(
      metadata.access.kind,
    );
    if (metadata.access.kind === 'application' || metadata.access.kind === 'authenticated') {
      expect(metadata.access.capabilities).not.toEqual([]);
    }
  });

  test('says what it is', () => {
    expect(metadata.tag).toMatch(/^[A-Z]/);
    expect(route.summary).toMatch(/^[A-Z]/);
    expect(route.description).toMatch(/^[A-Z]/);
  });

  test('has a path of the API with its parameters, ending in a slash', () => {
    expect(route.path).toMatch(/^\/(api\/v1\/.*|ready)\/$/);
    const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
    expect(keysOf(route.pathParams).sort()).toEqual(inPath.sort());
    if (metadata.access.kind === 'application') expect(inPath).toContain('app_id');
  });

  test('declares the errors that any operation may answer, and success', () => {
    for (const status of [401, 403, 404, 409, 429]) expect(route.responses[status]).toBe(HttpErrorOut);
    expect(route.responses[422]).toBe(HTTPValidationError);
    expect(Object.keys(route.responses).some((status) => status.startsWith('2'))).toBe(true);
    expect(route.strictStatusCodes).toBe(true);
  });

  test('names its bodies', () => {
    if (body instanceof z.ZodType) expect(componentOf(body)).toEqual(expect.any(String));
    for (const [status, response] of Object.entries(route.responses)) {
      if (response instanceof z.ZodType) expect(componentOf(response), status).toEqual(expect.any(String));
    }
  });

  test('gives a page with its place and end, if it is a list', () => {
    const page = route.responses[200];
    const fields = keysOf(page);
    if (!(page instanceof z.ZodObject) || !fields.includes('data') || !fields.includes('done')) return;
    // Clients of all languages read them without asking whether they are there.
    const { data, iterator, done } = page.shape as Record<string, z.ZodType>;
    for (const field of [data, iterator, done]) expect(field?.safeParse(undefined).success).toBe(false);
  });

  test('answers 204 where there is nothing to tell, and a body everywhere else', () => {
    for (const [status, response] of Object.entries(route.responses)) {
      expect(response instanceof z.ZodType || metadata.streams === true, status).toBe(status !== '204');
    }
  });

  test('takes an idempotency key if it is a POST, a body only if it is not a GET', () => {
    if (route.method === 'POST') expect(route.headers).toBe(idempotencyHeaders);
    else if (operation.metadata.streams) expect(route.headers).toHaveProperty('shape.last-event-id');
    else expect(route.headers).toBeUndefined();
    if (route.method === 'POST' || route.method === 'PUT' || route.method === 'PATCH') {
      expect('body' in route).toBe(true);
    } else expect('body' in route).toBe(false);
  });

  test('has query parameters that may be absent', () => {
    // The spec wants both ends of this period.
    if (route.query === undefined || operationName === 'application.statsAttempts') return;
    expect(route.query).toBeInstanceOf(z.ZodObject);
    const { shape } = route.query as z.ZodObject<Record<string, z.ZodType>>;
    for (const [name, field] of Object.entries(shape)) {
      expect(field.safeParse(undefined).success, name).toBe(true);
    }
  });
});

test('operation ids are unique', () => {
  const ids = operations.map(([, operation]) => operation.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('no two operations have one method and path', () => {
  const routes = operations.map(([, { method, path }]) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
  expect(new Set(routes).size).toBe(routes.length);
});
