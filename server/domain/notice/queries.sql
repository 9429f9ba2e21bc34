-- See notice.c.
--: row
select {e}, e.version, n.code, n.severity, n.subject, n.record, n.times, n.params as "params:object",
  p.id as "person.id", p.name as "person.name", a.id as "actor.id", a.name as "actor.name",
  (select json_group_array(json_object('channel', d.channel, 'state', d.state, 'at', d.at))
    from delivery d where d.entry = e.id) as "ways:json!"
from notice_entry e
join notice n on n.id = e.notice
join person p on p.id = e.person
left join person a on a.id = n.actor
--: scope own
e.person = @me
--: scope clerk
n.actor = @me or exists (select 1 from case_event c
  where c.subject = n.subject and c.id = n.record and c.actor = @me)
--: where mine
e.person = @me
--: where of_record
n.subject = :subject and n.record = :record
--: filter severity
n.severity = :severity
--: filter subject
n.subject = :subject
--: filter record
n.record = :record
--: filter unread
:unread = (e.read_at is null)
--: run tick
update notice_entry set read_at = coalesce(read_at, @now), escalate_at = null where id = @id;
update delivery set state = 'read', at = @now, next_at = null where entry = @id and state = 'queued'
