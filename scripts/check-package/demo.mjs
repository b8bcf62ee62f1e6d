import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

async function answerOf(url, options) {
  const response = await fetch(url, options);
  assert.equal(response.status, 200, url);
  return response;
}

/** Opens a link into the portal as its page does: the code in the fragment becomes a session. */
async function open(link, address) {
  const [page, fragment] = link.split('#key=');
  const { headers } = await answerOf(page);
  assert.match(headers.get('content-type'), /html/);
  const { oneTimeToken } = JSON.parse(Buffer.from(fragment, 'base64url').toString());
  const exchanged = await answerOf(`${address}/api/v1/auth/one-time-token/`, {
    method: 'POST',
    body: JSON.stringify({ oneTimeToken }),
  });
  const { token } = await exchanged.json();
  await answerOf(`${address}/api/v1/auth/whoami/`, { headers: { authorization: `Bearer ${token}` } });
}

/** The demo: it sends, its link opens the portal, and the calls that it prints do what they say. */
export async function tryDemo(start, environment, address) {
  const demo = start(['demo'], environment);
  const [text] = await demo.said(/Postrider is running[\s\S]*demo's receiver:\n/);
  assert.match(text, /API key +sk_\w{32}\n/);
  await demo.said(/msg_\w+ at \/well answered 200/);
  await demo.said(/msg_\w+ at \/failing answered 500/);
  const [link, ...others] = text.match(/http\S+#key=\S+/g);
  assert.deepEqual(others, []);
  await open(link, address);
  const calls = text.match(/^ {2}curl (?:.*\\\n)*.*$/gm);
  const answers = [];
  for (const call of calls) {
    const script = call.replace('curl', 'curl --fail-with-body -sS');
    answers.push(JSON.parse((await run('bash', ['-c', script])).stdout));
  }
  const [message, attempts, access] = answers;
  assert.equal(answers.length, 3);
  assert.match(message.id, /^msg_/);
  assert.ok(Array.isArray(attempts.data));
  await open(access.url, address);
  assert.equal(await demo.end('SIGINT'), 0);
  console.log('demo: deliveries, a link that opens the portal, three calls that do what they say');
}
