-- See deadline_rule.c. Who made it: null for what the server came with.
--: row
select {r}, r.version, r.created_at as "made_at", p.id as "made_by.id", p.name as "made_by.name"
from deadline_rule r left join person p on p.id = r.created_by
--: where current
r.starts_on <= @today and not exists (select 1 from deadline_rule o where o.code = r.code
  and o.starts_on <= @today and (o.starts_on, o.created_at, o.rowid) > (r.starts_on, r.created_at, r.rowid))
--: run make
insert into deadline_rule (id, code, count, unit, warn, is_pausable, source, starts_on, created_at, created_by)
values (@id, :code, :count, :unit, :warn, :is_pausable, :source, coalesce(:starts_on, @today), @now, @me)
--: sort created_at
r.created_at
