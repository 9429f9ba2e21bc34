-- See delivery.c.
--: row
select {d}, d.version, n.code, n.severity, p.id as "person.id", p.name as "person.name"
from delivery d
join notice_entry e on e.id = d.entry
join notice n on n.id = e.notice
join person p on p.id = e.person
--: run retry
update delivery set state = 'queued', attempts = 0, at = @now, next_at = @now where id = @id
