-- See delegation.c.
--: row
select {d}, d.version, d.created_at, d.revoked_at is not null as "is_revoked:bool!",
  (select cast(s.value as integer) from setting_value s where s.key = 'behalf_idle_min'
    order by s.created_at desc, s.rowid desc limit 1) as "idle_min:int!",
  g.id as "giver.id", g.name as "giver.name", t.id as "deputy.id", t.name as "deputy.name",
  (select json_group_array(v.verb) from delegation_verb v where v.delegation = d.id)
    as "verbs:json!"
from delegation d join person g on g.id = d.giver join person t on t.id = d.deputy
--: scope given
d.giver = @me
--: scope taken
d.deputy = @me
--: where on_day
d.revoked_at is null and d.starts_on <= @on and d.ends_on >= @on
--: get deputy
select p.id as found, exists (select 1 from person_role r
  where r.person = p.id and r.role like '%\_admin' escape '\') as administrator
from person p where p.id = :deputy and p.active = 1 and p.kind <> 'guest' and p.login is not null
--: run create
insert into delegation (id, giver, deputy, starts_on, ends_on, reason, created_at)
values (@id, @me, :deputy, :starts_on, :ends_on, :reason, @now);
insert into delegation_verb (delegation, verb) select distinct @id, value from json_each(:verbs)
--: run revoked
update delegation set revoked_at = @now where id = @id
--: people deputy
select d.deputy as person, g.name as giver, d.starts_on, d.ends_on
from delegation d join person g on g.id = d.giver where d.id = @id
--: people both
select p.id as person, g.name as giver, t.name as deputy
from delegation d join person g on g.id = d.giver join person t on t.id = d.deputy
join person p on p.id in (d.giver, d.deputy) where d.id = @id
