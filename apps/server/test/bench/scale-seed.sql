-- Fills a migrated database, whose applications and endpoints were made through the API, with messages of 27 days.
--
-- scale.applications  how many of the applications have messages
-- scale.messages      messages of these together; each goes to two of its application's endpoints
-- scale.waiting       the newest of them, which failed and wait for another try, a day ahead
-- scale.heavy         further messages, of the application that has an endpoint with the uid `heavy`: all wait for it
-- scale.event_types   event types
--
-- Every delivery has an attempt, those that wait have two: 2 * messages + 2 * waiting + 2 * heavy attempts.

create function pg_temp.setting(name text) returns bigint language sql stable as
$$ select current_setting('scale.' || name)::bigint $$;

-- The first ten characters of the ids of an instant, which tell its time; what stands behind them only has to differ.
create function pg_temp.id_head(at timestamptz) returns text language plpgsql as $$
declare
  alphabet constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  seconds constant numeric := floor(extract(epoch from at)) - 1400000000;
  rest numeric := seconds * power(2::numeric, 128);
  head text := '';
begin
  for digit in 1..27 loop
    head := substr(alphabet, (rest % 62)::int + 1, 1) || head;
    rest := div(rest, 62);
  end loop;
  return left(head, 10);
end $$;

create temporary table moment as
select number, at, pg_temp.id_head(at) as head
from generate_series(0, 9999) as number
cross join lateral (
  select date_trunc('second', now()) - interval '27 days' * (1 - number / 10000.0) as at
) as instant;
alter table moment add primary key (number);

create temporary table receiver as
select application.id as application_id, endpoint.id as endpoint_id, endpoint.url,
  substring(application.uid from '\d+$')::int as application, endpoint.uid,
  row_number() over (partition by application.id, endpoint.uid is null order by endpoint.id) - 1 as place
from application join endpoint on endpoint.application_id = application.id
where application.uid like 'scale-%';
create unique index on receiver (application, place) where uid is null;
analyze moment, receiver;

create temporary table sent as
select series.number, application_id, application, head || lpad(series.number::text, 17, '0') as tail, at, turn % 20 as kind,
  turn % 10 as place, turn / 10 % 50 as chance, turn % 1000 = 0 as is_rare,
  series.number >= pg_temp.setting('messages') - pg_temp.setting('waiting') as waits
from generate_series(0, pg_temp.setting('messages') - 1) as series(number)
cross join lateral (select series.number / pg_temp.setting('applications') as turn) as turned
join moment on moment.number = series.number * 10000 / pg_temp.setting('messages')
join receiver on receiver.uid is null and receiver.place = 0
  and receiver.application = series.number % pg_temp.setting('applications');

create temporary table heavy as
select numbered.number, application_id, endpoint_id, url, head || lpad(numbered.number::text, 17, '0') as tail, at
from generate_series(0, pg_temp.setting('heavy') - 1) as place
cross join lateral (select pg_temp.setting('messages') + place as number) as numbered
join moment on moment.number = place * 10000 / pg_temp.setting('heavy')
cross join receiver where uid = 'heavy';

create temporary table routed as
select number, sent.application_id, tail, at, kind, chance, waits, copy, endpoint_id, url
from sent
cross join generate_series(0, 1) as copy
join receiver on receiver.application = sent.application and receiver.uid is null
  and receiver.place = (sent.place + copy) % 10;

insert into message (application_id, id, event_type, event_id, tags, payload, created_at)
select application_id, 'msg_' || tail, 'scale.type_' || kind, 'event-' || number,
  case when is_rare then array['rare'] end,
  '{"n":' || number || ',"pad":"' || repeat('x', 480) || '"}', at
from (
  select number, application_id, tail, at, kind, is_rare from sent
  union all
  select number, application_id, tail, at, 0, false from heavy
) as every
order by tail;

insert into message_label (application_id, label, id)
select application_id, 'trare', 'msg_' || tail from sent where is_rare;

insert into message_idempotency_key (application_id, key, message_id, created_at)
select application_id, gen_random_uuid(), 'msg_' || tail, now() from sent where waits or number % 4 = 0;

-- status: 0 success, 2 fail, 3 to be tried again, 4 canceled.
insert into delivery (application_id, endpoint_id, message_id, status, due_at, retry_at, lease, attempts)
select application_id, endpoint_id, 'msg_' || tail,
  case when waits then 3 when chance = 0 then 2 when chance = 1 then 4 else 0 end,
  case when waits then due end, case when waits then due end, 2, case when waits then 2 else 1 end
from (
  select application_id, endpoint_id, tail, chance, waits, number, copy from routed
  union all
  select application_id, endpoint_id, tail, 0, true, number, 0 from heavy
) as every
cross join lateral (select now() + interval '1 day' + number * interval '10 milliseconds' as due) as next
order by tail, copy;

insert into attempt (application_id, message_id, id, endpoint_id, event_type, url, status, status_code, duration_ms,
  trigger_type, response, signature, response_headers, created_at)
select application_id, 'msg_' || tail, 'atmpt_' || left(tail, 10) || lpad((number * 4 + copy * 2 + try)::text, 17, '0'),
  endpoint_id, 'scale.type_' || kind, url, case when failed then 2 else 0 end, case when failed then 500 else 200 end,
  12, 0, case when failed then 'something is wrong' end, 'v1,' || repeat('x', 44),
  '[["content-length","0"],["date","Tue, 24 Nov 2026 09:00:00 GMT"]]', at
from (
  select application_id, endpoint_id, url, tail, at, kind, number, copy, waits, waits or chance = 0 as failed from routed
  union all
  select application_id, endpoint_id, url, tail, at, 0, number, 0, true, true from heavy
) as every
cross join generate_series(0, 1) as try
where waits or try = 0
order by tail, copy, try;

-- Figures as the server keeps them: by 5 minutes for 3 days, by hours and by days for all of them.
create temporary table figures as
select application_id, endpoint_id, event_type, span, date_bin(make_interval(secs => span), created_at, timestamptz 'epoch') as bucket,
  count(*) filter (where status = 0) as success, count(*) filter (where status = 2) as fail
from attempt
cross join (values (300), (3600), (86400)) as spans(span)
where span > 300 or created_at >= date_trunc('hour', now() - interval '3 days')
group by application_id, endpoint_id, event_type, span, bucket;

insert into endpoint_activity (application_id, endpoint_id, bucket, span, success, fail, canceled)
select application_id, endpoint_id, bucket, span, sum(success), sum(fail), 0 from figures
group by application_id, endpoint_id, bucket, span order by application_id, endpoint_id, bucket;

insert into event_type_activity (application_id, event_type, bucket, span, success, fail, canceled)
select application_id, event_type, bucket, span, sum(success), sum(fail), 0 from figures
group by application_id, event_type, bucket, span order by application_id, bucket, event_type;

insert into endpoint_work (application_id, endpoint_id, next_due_at)
select application_id, endpoint_id, min(due_at) from delivery where due_at is not null
group by application_id, endpoint_id
on conflict (application_id, endpoint_id) do update set next_due_at = excluded.next_due_at;

insert into event_type (environment_id, name, description, created_at, updated_at)
select environment.id, 'scale.type_' || number, 'Scale', now(), now()
from environment cross join generate_series(0, pg_temp.setting('event_types') - 1) as number
where environment.is_default
on conflict do nothing;

drop table figures, routed, heavy, sent, receiver, moment;
