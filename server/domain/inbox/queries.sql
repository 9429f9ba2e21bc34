-- See inbox.c. channels: the ways beside the inbox that this server has; push_key: what a browser
-- subscribes with.
--: row
select {i}, i.version,
  (select count(*) from notice_entry e where e.person = i.id and e.read_at is null) as "unread:int",
  (select count(*) from notice_entry e join notice n on n.id = e.notice
    where e.person = i.id and e.read_at is null and n.severity = 'urgent') as "urgent:int",
  (select coalesce(group_concat(channel, ' '), '') from notice_way) as "channels:text",
  (select s.value from setting s where s.key = 'push_key') as "push_key:text"
from inbox i
--: scope own
i.id = @me
--: get tested
select coalesce(max(e.posted_at), 0) as tested from notice_entry e join notice n on n.id = e.notice
where e.person = @id and n.code = 'inbox.test'
--: run forget_test
delete from delivery where state <> 'queued' and entry in (select e.id from notice_entry e
  join notice n on n.id = e.notice where e.person = @id and n.code = 'inbox.test')
--: run tick_all
update delivery set state = 'read', at = @now, next_at = null where state = 'queued' and entry in
  (select id from notice_entry where person = @id and read_at is null);
update notice_entry set read_at = @now, escalate_at = null where person = @id and read_at is null
