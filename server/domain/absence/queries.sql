-- See absence.c. @on is the day that is asked for, today unless the request says another.
--: row
select {a}, a.version, a.cancelled_at is not null as "is_cancelled:bool!",
  p.id as "person.id", p.name as "person.name"
from absence a join person p on p.id = a.person
--: scope own
a.person = @me
--: where on_day
a.cancelled_at is null and a.starts_on <= @on and a.ends_on >= @on
--: where of_person
a.person = :person
--: sort name
p.name
--: get person
select id as holder from person where id = :person and kind <> 'guest'
--: run cancelled
update absence set cancelled_at = @now where id = @id
