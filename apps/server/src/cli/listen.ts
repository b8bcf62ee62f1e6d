import { type Command, InvalidArgumentError } from 'commander';
import { type ConnectionOptions, withConnection } from './connection.js';
import { collect, withExamples } from './examples.js';
import type { Terminal } from './terminal.js';

/** What `postrider listen` is told. */
export interface ListenOptions extends ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly forwardTo?: string;
  readonly status: number;
  readonly secretFile?: string;
  readonly app?: string;
  readonly eventType?: readonly string[];
  readonly publicUrl?: string;
  readonly headers?: true;
  readonly json?: true;
}

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
};

const webAddress = (text: string) => {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It must be an http or https address.');
};

/** `postrider listen`: a receiver on a developer's machine that shows each delivery, and hands it on. */
export function addListenCommand(parent: Command, terminal: Terminal): Command {
  const command = withConnection(
    parent
      .command('listen')
      .summary('receive messages on this machine, show and forward them')
      .description(
        'Receives messages on a local port, checks their signatures and shows them. With --forward-to it hands each ' +
          'on, byte for byte and with its headers, and answers what was answered there. With --app it makes an ' +
          'endpoint of its own and removes it at the end; otherwise give the secret of the endpoint that points here ' +
          'in POSTRIDER_WEBHOOK_SECRET or a file. Secrets are never shown.',
      )
      .option('--port <number>', 'port to listen on; 0 for any that is free', whole(0, 65_535), 8072)
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--forward-to <url>', 'where to hand messages on to', webAddress)
      .option('--status <code>', 'what to answer where nothing is forwarded', whole(200, 599), 200)
      .option('--secret-file <file>', 'file with the secret of the endpoint: whsec_… or whpk_…')
      .option('--app <id>', 'make an endpoint in this application while it listens')
      .option('--event-type <type>', 'with --app: only this type; may be given several times', collect)
      .option(
        '--public-url <url>',
        'with --app: where the service reaches this port, as by a tunnel',
        webAddress,
      ),
  )
    .option('--headers', 'show headers as well')
    .option('--json', 'print one JSON object a line')
    .action(async (options: ListenOptions) => {
      const { listen } = await import('./listen/run.js');
      await listen(terminal, options);
    });
  return withExamples(command, [
    ['postrider listen --app example', 'Everything that an application is sent, on an endpoint of its own'],
    [
      'postrider listen --app example --forward-to http://localhost:3000/webhooks',
      'The same, handed on to the program that you are writing',
    ],
    [
      'POSTRIDER_WEBHOOK_SECRET=whsec_… postrider listen --port 9000 --json',
      'For an endpoint that is there already, read by a program',
    ],
    ['postrider listen --app example --status 500', 'Play a receiver that fails, to see the retries'],
  ]);
}
