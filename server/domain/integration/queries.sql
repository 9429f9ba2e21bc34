-- See integration.c.
--: row
select {i}, i.version,
  exists (select 1 from integration_secret where integration = i.id) as "has_secret:bool!",
  (select changed_at from integration_secret where integration = i.id) as "secret_changed_at:int",
  u.last_sent_at, u.last_failed_at, u.failure
from integration i left join integration_use u on u.integration = i.id
--: get other
select exists (select 1 from integration o where o.kind = @kind and o.kind <> 'webhook'
  and o.active = 1 and o.id <> @id) as taken
--: run set_secret
insert into integration_secret (integration, secret, changed_at) values (@id, :secret, @now)
on conflict (integration) do update set secret = excluded.secret, changed_at = excluded.changed_at
