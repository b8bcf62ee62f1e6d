// Messages of a day ago, minute by minute as many as are sent now: what the retention removes while others come.

const ID_HEAD = `create function pg_temp.id_head(at timestamptz) returns text language plpgsql as $$
declare
  alphabet constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  rest numeric := (floor(extract(epoch from at)) - 1400000000) * power(2::numeric, 128);
  head text := '';
begin
  for digit in 1..27 loop
    head := substr(alphabet, (rest % 62)::int + 1, 1) || head;
    rest := div(rest, 62);
  end loop;
  return left(head, 10);
end $$`;

/** What one statement fills, in seconds. */
const CHUNK_SECONDS = 60;

const chunk = (from, rate, bytes) => `
create temporary table sent as
select second * ${rate} + turn as number, at + turn * interval '1 second' / ${rate} as at,
  head || lpad((second * ${rate} + turn)::text, 17, '0') as tail
from generate_series(${from}, ${from + CHUNK_SECONDS - 1}) as second
cross join lateral (select (select start from beginning) + second * interval '1 second' as at) as instant
cross join lateral (select pg_temp.id_head(at) as head offset 0) as headed
cross join generate_series(0, ${rate - 1}) as turn;
insert into message (application_id, id, event_type, payload, created_at)
select application_id, 'msg_' || tail, 'bench.sent', '{"pad":"' || repeat('x', ${bytes}) || '"}', at from sent, aged order by tail;
insert into delivery (application_id, endpoint_id, message_id, status, attempts)
select application_id, endpoint_id, 'msg_' || tail, 0, 1 from sent, aged order by tail;
insert into attempt (application_id, message_id, id, endpoint_id, event_type, url, status, status_code, duration_ms,
  trigger_type, signature, created_at)
select application_id, 'msg_' || tail, 'atmpt_' || tail, endpoint_id, 'bench.sent', 'http://127.0.0.1/', 0, 200, 12, 0,
  'v1,' || repeat('x', 44), at
from sent, aged order by tail;
drop table sent`;

/**
 * Stores `rate` messages for each second of `seconds` from a day ago on, for the only endpoint that there is, delivered.
 *
 * @param run runs SQL on a migrated database
 */
export async function fillWithAged(run, { seconds, rate, bytes }) {
  await run(ID_HEAD);
  await run(
    `create temporary table beginning as select date_trunc('second', now()) - interval '1 day' as start`,
  );
  await run('create temporary table aged as select application_id, id as endpoint_id from endpoint');
  for (let from = 0; from < seconds; from += CHUNK_SECONDS) await run(chunk(from, rate, bytes));
  for (const table of ['message', 'delivery', 'attempt']) await run(`vacuum (analyze) ${table}`);
}
