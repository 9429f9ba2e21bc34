-- See post.c. @on is the day that is asked for: names are those of that day.
--: row
select {t}, t.version, p.id as "person.id", p.name as "person.name",
  o.id as "org.id", o.kind as "org.kind",
  (select n.name from org_name n where n.org = o.id and n.valid_from <= max(@on, o.valid_from)
    order by n.valid_from desc limit 1) as "org.name:text!",
  e.id as "term.id", e.no as "term.no", e.name as "term.name"
from post t join person p on p.id = t.person join org o on o.id = t.org
left join term e on e.id = t.term
--: where of_person
t.person = :person
--: where of_org
t.org = :org and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on
--: filter kind
o.kind = :kind
--: sort name
p.name
--: get place
select :valid_from >= o.valid_from
    and coalesce(:valid_to, '9999') <= coalesce(o.valid_to, '9999') as inside,
  :term is not null and not exists (select 1 from term where id = :term) as no_term,
  -- of one person there are few, of an organisation as many as it has members
  exists (select 1 from post t where t.person = :person and +t.org = :org and t.role = :role
    and t.valid_from < coalesce(:valid_to, '9999')
    and coalesce(t.valid_to, '9999') > :valid_from) as overlaps
from org o join person p on p.id = :person where o.id = :org
--: people holder
select t.person, t.role, t.valid_from as since, t.valid_to as until,
  (select n.name from org_name n where n.org = t.org and n.valid_from <= max(@today, o.valid_from)
    order by n.valid_from desc limit 1) as org
from post t join org o on o.id = t.org where t.id = @id
