-- See setting.c. Who set it: set_by is null and is left out for what the server came with.
--: row
select {s}, s.version, s.created_at as "set_at", p.id as "set_by.id", p.name as "set_by.name"
from setting_value s left join person p on p.id = s.created_by
--: where current
not exists (select 1 from setting_value o where o.key = s.key
  and (o.created_at, o.rowid) > (s.created_at, s.rowid))
--: run set
insert into setting_value (id, key, value, created_at, created_by)
values (@id, :key, :value, @now, @me)
--: sort created_at
s.created_at
