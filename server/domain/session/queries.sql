-- See session.c. by_link: it is good for one meeting.
--: row
select {s}, p.id as "person.id", p.name as "person.name",
  s.scope_meeting is not null as "by_link:bool!"
from session s join person p on p.id = s.person
--: scope own
s.person = @me
--: where open
s.expires_at > @now
