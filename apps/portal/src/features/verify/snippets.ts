/** How a receiver verifies a delivery, by language. Each takes the body as it came: parsed and written anew it is another. */
export const SNIPPETS = {
  JavaScript: `import express from 'express';
import { Webhook } from 'svix';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);

express()
  .post('/webhooks', express.raw({ type: '*/*' }), (request, response) => {
    let event;
    try {
      event = webhook.verify(request.body, request.headers);
    } catch {
      return response.status(400).end();
    }
    // Answer at once and do the work afterwards.
    response.status(204).end();
  })
  .listen(3000);
`,
  Python: `import os
from flask import Flask, request
from svix.webhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["WEBHOOK_SECRET"])

@app.post("/webhooks")
def receive():
    try:
        event = webhook.verify(request.get_data(), request.headers)
    except WebhookVerificationError:
        return "", 400
    return "", 204
`,
  Go: `package main

import (
	"io"
	"net/http"
	"os"

	svix "github.com/svix/svix-webhooks/go"
)

func main() {
	webhook, err := svix.NewWebhook(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/webhooks", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || webhook.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	http.ListenAndServe(":3000", nil)
}
`,
  Ruby: `require "sinatra"
require "svix"

webhook = Svix::Webhook.new(ENV.fetch("WEBHOOK_SECRET"))

post "/webhooks" do
  headers = request.env.select { |name, _| name.match?(/\\AHTTP_(SVIX|WEBHOOK)_/) }
    .transform_keys { |name| name.delete_prefix("HTTP_").downcase.tr("_", "-") }
  begin
    event = webhook.verify(request.body.read, headers)
  rescue Svix::WebhookVerificationError
    halt 400
  end
  status 204
end
`,
  PHP: `<?php
require 'vendor/autoload.php';

$webhook = new \\Svix\\Webhook(getenv('WEBHOOK_SECRET'));

try {
    $event = $webhook->verify(file_get_contents('php://input'), getallheaders());
} catch (\\Exception $error) {
    http_response_code(400);
    exit;
}
http_response_code(204);
`,
  Node: `// Without a library.
import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 300;

export function isGenuine(secret, headers, body) {
  const header = (name) => headers[\`svix-\${name}\`] ?? headers[\`webhook-\${name}\`];
  const id = header('id');
  const timestamp = header('timestamp');
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!id || !(age <= TOLERANCE_SECONDS)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const right = createHmac('sha256', key).update(\`\${id}.\${timestamp}.\${body}\`).digest();
  return String(header('signature')).split(' ').some((entry) => {
    const [version, signature = ''] = entry.split(',');
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === right.length && timingSafeEqual(given, right);
  });
}
`,
} as const;

export type SnippetName = keyof typeof SNIPPETS;
export const SNIPPET_NAMES = [
  'JavaScript',
  'Python',
  'Go',
  'Ruby',
  'PHP',
  'Node',
] as const satisfies SnippetName[];
