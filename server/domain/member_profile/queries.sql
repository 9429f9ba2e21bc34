-- See member_profile.c. @on is the day that is asked for.
--: row
select {m}, m.version, p.id as "person.id", p.name as "person.name"
from member_profile m join person p on p.id = m.person
--: scope own
m.person = @me
--: sort name
p.name
--: get code_taken
select id as other from member_profile where code = :code and id <> @id
--: get holder
select exists (select 1 from member_profile where person = :person) as there
from person where id = :person and kind <> 'guest'
