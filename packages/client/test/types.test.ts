import type {
  ApplicationOut,
  AppPortalAccessOut,
  HTTPValidationError,
  HttpErrorOut,
} from '@postrider/contract';
import { expectTypeOf, test } from 'vitest';
import { type Client, paginate, unwrap } from '../src/index.js';

// skipLibCheck hides it when a type of ts-rest or zod turns into `any`: these would fail to compile.
declare const client: Client;

type Input<Operation extends (input: never) => unknown> = NonNullable<Parameters<Operation>[0]>;
type Result<Operation extends (input: never) => unknown> = Awaited<ReturnType<Operation>>;
type BodyOf<Operation extends (input: never) => unknown, Status> =
  Extract<Result<Operation>, { status: Status }> extends { body: infer Body } ? Body : 'no such status';

type ErrorStatuses = 401 | 403 | 404 | 409 | 422 | 429;

test('requests have the types of the contract', () => {
  type Create = Client['application']['create'];
  expectTypeOf<Input<Create>['body']['name']>().toEqualTypeOf<string>();
  expectTypeOf<Input<Create>['body']['uid']>().toEqualTypeOf<string | null | undefined>();
  expectTypeOf<NonNullable<Input<Create>['headers']>['idempotency-key']>().toEqualTypeOf<
    string | undefined
  >();
  expectTypeOf<Input<Client['application']['get']>['params']>().toEqualTypeOf<{ app_id: string }>();

  type Query = NonNullable<Input<Client['application']['list']>['query']>;
  expectTypeOf<Query['limit']>().toEqualTypeOf<number | string | undefined>();
  expectTypeOf<Query['order']>().toEqualTypeOf<'ascending' | 'descending' | undefined>();

  // @ts-expect-error: a name is demanded
  expectTypeOf<Create>().toBeCallableWith({ body: {} });
  // @ts-expect-error: the path has a parameter
  expectTypeOf<Client['application']['get']>().toBeCallableWith({});
});

test('answers have the types of the contract, by status', () => {
  type Create = Client['application']['create'];
  expectTypeOf<Result<Create>['status']>().toEqualTypeOf<200 | 201 | ErrorStatuses>();
  expectTypeOf<BodyOf<Create, 201>>().toEqualTypeOf<ApplicationOut>();
  expectTypeOf<BodyOf<Create, 404>>().toEqualTypeOf<HttpErrorOut>();
  expectTypeOf<BodyOf<Create, 422>>().toEqualTypeOf<HTTPValidationError>();
  expectTypeOf<BodyOf<Client['application']['delete'], 204>>().toEqualTypeOf<undefined>();
  expectTypeOf<
    BodyOf<Client['authentication']['getAppPortalAccess'], 200>
  >().toEqualTypeOf<AppPortalAccessOut>();
  expectTypeOf<Result<Create>['headers']>().toEqualTypeOf<Headers>();
});

test('unwrap gives the type of the body of success', () => {
  const create = () => unwrap(client.application.create({ body: { name: 'Acme' } }));
  expectTypeOf(create).returns.resolves.toEqualTypeOf<ApplicationOut>();
  const remove = () => unwrap(client.application.delete({ params: { app_id: 'acme' } }));
  expectTypeOf(remove).returns.resolves.toEqualTypeOf<undefined>();
  const health = () => unwrap(client.health.get());
  expectTypeOf(health).returns.resolves.toEqualTypeOf<{ database: { status: 'ok' | 'error' } }>();
});

test('paginate gives the type of the items, and takes only lists and their input', () => {
  const applications = () => paginate(client.application.list, { query: { limit: 10, order: 'descending' } });
  expectTypeOf(applications).returns.toEqualTypeOf<AsyncGenerator<ApplicationOut, void, undefined>>();
  // @ts-expect-error: `limit` is no truth value
  expectTypeOf(() => paginate(client.application.list, { query: { limit: true } })).toBeFunction();
  // @ts-expect-error: not a list
  expectTypeOf(() => paginate(client.application.get, { params: { app_id: 'acme' } })).toBeFunction();
});
