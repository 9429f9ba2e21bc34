-- See absence.c. @on is the day that is asked for, today unless the request says another. deputies:
-- who acts for him within those days, which whoever gives him work may know as that he is away.
--: row
select {a}, a.version, a.cancelled_at is not null as "is_cancelled:bool!",
  (select group_concat(name, '、') from (select distinct t.name from delegation d
    join person t on t.id = d.deputy where d.giver = a.person and d.revoked_at is null
      and d.starts_on <= a.ends_on and d.ends_on >= a.starts_on order by t.name))
    as "deputies:text",
  p.id as "person.id", p.name as "person.name"
from absence a join person p on p.id = a.person
--: scope own
a.person = @me
--: where on_day
a.cancelled_at is null and a.starts_on <= @on and a.ends_on >= @on
--: where coming
a.cancelled_at is null and a.ends_on >= @today
--: where of_person
a.person = :person
--: sort name
p.name
--: get person
select id as holder from person where id = :person and kind <> 'guest'
--: run cancelled
update absence set cancelled_at = @now where id = @id
