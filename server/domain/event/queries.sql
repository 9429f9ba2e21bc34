-- See event.c.
--: row
select {e}, e.person as "person.id:text",
  (select s.name from person_shown s where s.id = e.person) as "person.name:text",
  e.participant as "participant", e.data as "data:object"
from meeting_event e
--: sort seq
e.seq
