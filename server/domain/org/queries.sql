-- See org.c. @on is the day that is asked for, today unless the request says another.
--: row
select {o}, o.version, n.name as "name", n.short_name as "short_name",
  u.id as "parent.id", (select name from org_name where org = u.id and valid_from <= @on
    order by valid_from desc limit 1) as "parent.name:text!",
  s.id as "successor.id", (select name from org_name where org = s.id
    order by valid_from desc limit 1) as "successor.name:text!",
  (select json_group_array(json_object('name', h.name, 'short_name', h.short_name,
      'valid_from', h.valid_from))
    from (select * from org_name where org = o.id order by valid_from) h) as "names:json!",
  (select json_group_array(json_object('id', f.id, 'name', f.name, 'mime', f.mime, 'size', f.size))
    from (select * from attachment where owner_kind = 'org' and owner_id = o.id
      and field = 'documents' and removed_at is null order by adopted_at, id) f) as "documents:json!"
from org o
join org_name n on n.org = o.id and n.valid_from = coalesce(
  (select max(valid_from) from org_name where org = o.id and valid_from <= @on),
  (select min(valid_from) from org_name where org = o.id))
left join org u on u.id = o.parent
left join org s on s.id = o.successor
--: where current
o.valid_from <= @on and coalesce(o.valid_to, '9999') > @on
--: filter under
o.id in (with recursive below (id) as (select id from org where id = :under
  union select c.id from org c join below b on c.parent = b.id) select id from below)
--: sort name
n.name
--: search
-- By each name that it ever had.
select created_at as at, code as number,
  (select name from org_name where org = org.id order by valid_from desc limit 1) as title,
  (select group_concat(name || ' ' || coalesce(short_name, ''), ' ') from org_name
    where org = org.id) as names
from org where id = @id
--: get referred
select :parent is not null and not exists (select 1 from org where id = :parent) as no_parent,
  :successor is not null and not exists (select 1 from org where id = :successor) as no_successor,
  coalesce(:parent in (with recursive below (id) as (select @id
    union select c.id from org c join below b on c.parent = b.id) select id from below), 0)
  or coalesce(@id in (with recursive later (id) as (select :successor
    union select s.successor from org s join later l on s.id = l.id where s.successor is not null)
    select id from later), 0) as circle
--: get code_taken
select id as other from org where kind = @kind and code = :code and id <> @id
--: get named_then
select name as named from org_name where org = @id and valid_from = :since
--: get posts_open
select count(*) as posts from post where org = @id and coalesce(valid_to, '9999') > :valid_to
--: run create
insert into org (id, kind, code, parent, valid_from, sort, created_at)
values (@id, :kind, :code, :parent, :valid_from, coalesce(:sort, 0), @now);
insert into org_name (org, valid_from, name, short_name) values (@id, :valid_from, :name, :short_name)
--: run rename
insert into org_name (org, valid_from, name, short_name) values (@id, :since, :name, :short_name)
