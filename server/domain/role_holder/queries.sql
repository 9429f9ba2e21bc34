-- See role_holder.c.
--: row
select {r}, r.version, r.created_at, p.id as "person.id", p.name as "person.name",
  o.id as "org.id", (select n.name from org_name n where n.org = o.id and n.valid_from <= @on
    order by n.valid_from desc limit 1) as "org.name:text",
  a.id as "asked_by.id", a.name as "asked_by.name",
  g.id as "granted_by.id", g.name as "granted_by.name"
from role_holder r join person p on p.id = r.person
left join org o on o.id = r.org
left join person a on a.id = r.created_by
left join person g on g.id = r.granted_by
--: scope own
r.person = @me
--: scope other
r.person <> @me
--: scope asker
r.created_by = @me
--: scope party
r.person = @me or r.created_by = @me
--: sort created_at
r.created_at
--: get holding
-- An organisation that a role is held for is of the kind that the role belongs to.
select p.kind = 'guest' as guest,
  @org is not null and o.id is null as no_org,
  @org is null or case @role when 'committee' then o.kind = 'committee'
    when 'unit' then o.kind = 'unit' when 'unit_head' then o.kind = 'unit'
    when 'station' then o.kind in ('station', 'studio') when 'convener' then o.kind = 'sector'
    else o.kind = 'office_dept' and not @role like '%\_admin' escape '\' end as fits,
  exists (select 1 from role_holder h where h.person = p.id and h.state = 'held' and h.role <> @role
    and (h.role like '%\_admin' escape '\' or @role like '%\_admin' escape '\')) as apart,
  exists (select 1 from role_holder h where h.person = p.id and h.role = @role and h.org is @org
    and h.state in ('asked', 'held') and h.id <> @id) as there,
  @role in (select value from json_each(@confirmed))
    and exists (select 1 from role_confirmer c where c.person not in (@me, p.id)) as needs_second
from person p left join org o on o.id = @org where p.id = @person
--: run held
update role_holder set valid_from = @now, granted_by = @me where id = @id
--: run ended
update role_holder set valid_to = @now where id = @id
--: people holder
select person from role_holder where id = @id
--: people confirmers
select c.person, p.name from role_holder r join person p on p.id = r.person
join role_confirmer c on c.person not in (r.person, r.created_by) where r.id = @id
