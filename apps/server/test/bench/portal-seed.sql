-- What a large customer has, for the portal: follows scale-seed.sql in the same session and uses its functions.
--
-- scale.endpoints   endpoints of the application `scale-0` besides those that were made through the API
-- scale.catalogue   event types in groups besides those of scale-seed.sql
-- scale.broadcasts  messages that went to each of all endpoints, a minute apart, the newest a minute old
--
-- Secrets are bound to the endpoint that they were made for, so that the added endpoints have none.

insert into event_type (environment_id, name, description, group_name, schemas, created_at, updated_at)
select environment.id, area || '.' || thing || '.' || verb || '_' || number / 60, 'Sent when an ' || thing || ' was ' || verb || '.',
  case when number % 3 = 0 then 'Group ' || number % 10 end,
  json_build_object('1', json_build_object('type', 'object',
    'properties', json_build_object('number', json_build_object('type', 'integer')),
    'examples', json_build_array(json_build_object('number', number)))),
  now(), now()
from environment
cross join generate_series(0, pg_temp.setting('catalogue') - 1) as number
cross join lateral (
  select (array['billing', 'orders', 'users', 'stock'])[number % 4 + 1] || number % 5 as area,
    (array['invoice', 'order', 'account'])[number % 3 + 1] as thing,
    (array['created', 'changed', 'removed'])[number % 3 + 1] as verb
) as words
where environment.is_default;

insert into endpoint (environment_id, application_id, id, uid, url, description, disabled, disabled_reason, event_types,
  created_at, updated_at)
select environment_id, id, 'ep_' || head || lpad(number::text, 17, '0'), 'large-' || number,
  'https://customer-' || number || '.example.com/webhooks/incoming', 'Branch ' || number, number % 20 = 7,
  case when number % 20 = 7 then 'manual' end, case when number % 5 = 0 then array['scale.type_1', 'scale.type_2'] end,
  at, at
from application
cross join (
  select pg_temp.id_head(now() - interval '28 days') as head, date_trunc('second', now()) - interval '28 days' as at
) as moment
cross join generate_series(0, pg_temp.setting('endpoints') - 1) as number
where uid = 'scale-0'
order by number;

create temporary table broadcast as
select application.id as application_id, number, at, pg_temp.id_head(at) || lpad('9' || number, 17, '0') as tail
from application
cross join generate_series(1, pg_temp.setting('broadcasts')) as number
cross join lateral (select date_trunc('second', now()) - number * interval '1 minute' as at) as moment
where uid = 'scale-0';

insert into message (application_id, id, event_type, event_id, payload, created_at)
select application_id, 'msg_' || tail, 'scale.type_0', 'broadcast-' || number, '{"broadcast":' || number || '}', at
from broadcast order by tail;

create temporary table told as
select broadcast.application_id, endpoint.id as endpoint_id, url, tail, at,
  row_number() over (order by tail, endpoint.id) as place,
  case when row_number() over (partition by tail order by endpoint.id) % 50 = 0 then 2 else 0 end as status
from broadcast join endpoint on endpoint.application_id = broadcast.application_id;

insert into delivery (application_id, endpoint_id, message_id, status, lease, attempts)
select application_id, endpoint_id, 'msg_' || tail, status, 1, 1 from told order by tail, endpoint_id;

insert into attempt (application_id, message_id, id, endpoint_id, event_type, url, status, status_code, duration_ms,
  trigger_type, response, created_at)
select application_id, 'msg_' || tail, 'atmpt_' || left(tail, 10) || lpad('8' || place, 17, '0'), endpoint_id,
  'scale.type_0', url, status, case status when 0 then 200 else 503 end, 40, 0,
  case status when 0 then 'OK' else 'overloaded' end, at
from told order by place;

-- Counted on top of what is there of the same stretch.
create temporary table counted as
select application_id, endpoint_id, span, date_bin(make_interval(secs => span), at, timestamptz 'epoch') as bucket,
  count(*) filter (where status = 0) as success, count(*) filter (where status = 2) as fail
from told cross join (values (300), (3600), (86400)) as spans(span)
group by application_id, endpoint_id, span, bucket;

insert into endpoint_activity as held (application_id, endpoint_id, bucket, span, success, fail, canceled)
select application_id, endpoint_id, bucket, span, success, fail, 0 from counted
order by application_id, endpoint_id, span, bucket
on conflict (application_id, endpoint_id, span, bucket) do update
set success = held.success + excluded.success, fail = held.fail + excluded.fail;

insert into event_type_activity as held (application_id, event_type, bucket, span, success, fail, canceled)
select application_id, 'scale.type_0', bucket, span, sum(success), sum(fail), 0 from counted
group by application_id, bucket, span
on conflict (application_id, span, bucket, event_type) do update
set success = held.success + excluded.success, fail = held.fail + excluded.fail;

update application set revision = revision + 1 where uid = 'scale-0';

drop table counted, told, broadcast;
