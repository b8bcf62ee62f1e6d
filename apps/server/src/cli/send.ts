import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Client } from '@postrider/client';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from './connection.js';
import { withExamples } from './examples.js';
import { UsageError } from './failure.js';
import type { Terminal } from './terminal.js';

interface SendOptions extends ConnectionOptions {
  readonly app: string;
  readonly eventType: string;
  readonly payload: string;
  readonly json?: true;
}

/** `postrider send`: one message over the API, as an application's backend would send it. */
export function addSendCommand(parent: Command, terminal: Terminal): Command {
  const command = withConnection(
    parent
      .command('send')
      .summary('send a message to an application')
      .description('Sends a message to an application over the API, and prints its id.')
      .requiredOption('--app <id>', 'id or uid of the application')
      .option('--event-type <type>', 'type of the event', 'example.sent')
      .option(
        '--payload <file>',
        'file with the payload in JSON, - for standard input, or "example": the example of the event type',
        'example',
      ),
  )
    .option('--json', 'print the answer of the API as one JSON object')
    .action((options: SendOptions) => send(terminal, options));
  return withExamples(command, [
    ['postrider send --app example', 'An example, to see whether it arrives'],
    [
      'postrider send --app example --event-type invoice.paid',
      'The example that the event type’s schema gives',
    ],
    [
      `echo '{"invoice": "inv_1"}' | postrider send --app example --event-type invoice.paid --payload -`,
      'A payload of your own; endpoints get it letter by letter',
    ],
  ]);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first example of the event type's schema; one that says what it is where there is none. */
async function exampleOf(client: Client, eventType: string): Promise<string> {
  const { status, body } = await client.eventType.get({ params: { event_type_name: eventType } });
  const schema = status === 200 ? body.schemas?.['1'] : undefined;
  const examples = isObject(schema) ? schema['examples'] : undefined;
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return JSON.stringify(isObject(example) ? example : { type: eventType, example: true });
}

/** @throws UsageError for what cannot be read or is no JSON object */
async function readPayload(source: string): Promise<string> {
  let payload: string;
  try {
    payload = (source === '-' ? await text(process.stdin) : await readFile(source, 'utf8')).trim();
  } catch (error) {
    throw new UsageError(
      `cannot read the payload: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  try {
    if (isObject(JSON.parse(payload))) return payload;
  } catch (error) {
    throw new UsageError(`the payload is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new UsageError('the payload must be a JSON object');
}

async function send(
  terminal: Terminal,
  { app, eventType, payload, json, ...rest }: SendOptions,
): Promise<void> {
  const { unwrap } = await import('@postrider/client');
  const given = payload === 'example' ? undefined : await readPayload(payload);
  const exact = given ?? (await exampleOf(await connect(terminal, rest), eventType));
  // What was parsed and written again is another text: numbers would change, and spaces.
  const body = `{"eventType":${JSON.stringify(eventType)},"payload":${exact}}`;
  const client = await connect(terminal, rest, (input, init) => fetch(input, { ...init, body }));
  const message = await unwrap(
    client.message.create({
      params: { app_id: app },
      query: {},
      body: { eventType, payload: {} },
    }),
  );
  terminal.print(json ? JSON.stringify(message) : `${message.id} ${message.eventType}, to ${app}`);
}
