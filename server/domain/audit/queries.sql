-- See audit.c. object_name: what is called by the object's id now; about: whom or what the detail
-- names beside it.
--: row
select {a}, a.subject as "subject.id", p.name as "subject.name:text", a.object as "object",
  coalesce(o.name, m.title,
    (select title from recording r join meeting on meeting.id = r.meeting where r.id = a.object),
    (select name from org_name where org = a.object order by valid_from desc limit 1),
    (select s.name from post t join person_shown s on s.id = t.person where t.id = a.object),
    (select s.name from invitation i join person_shown s on s.id = i.person where i.id = a.object),
    (select s.name from role_holder h join person_shown s on s.id = h.person where h.id = a.object),
    (select s.name from attendance d join person_shown s on s.id = d.person where d.id = a.object),
    (select s.name from member_profile b join person_shown s on s.id = b.person
      where b.id = a.object),
    (select s.name from term_file f join member_profile b on b.id = f.member_profile
      join person_shown s on s.id = b.person where f.id = a.object),
    (select s.name from member_change c join member_profile b on b.id = c.member_profile
      join person_shown s on s.id = b.person where c.id = a.object),
    (select s.name from change_request c join person_shown s on s.id = c.person
      where c.id = a.object))
    as "object_name:text",
  coalesce((select title from attendance d join meeting on meeting.id = d.meeting
      where d.id = a.object),
    (select name from person_shown where id = a.detail ->> '$.person'),
    (select name from invitation i join person_shown s on s.id = i.person
      where i.id = a.detail ->> '$.invitation'),
    (select title from meeting where id = a.detail ->> '$.meeting'),
    (select n.name from role_holder h join org_name n on n.org = h.org where h.id = a.object
      order by n.valid_from desc limit 1),
    (select title from invitation i join meeting on meeting.id = i.meeting where i.id = a.object)) as "about:text",
  a.detail as "detail:object"
from audit_record a
-- of what is shown
left join person_shown p on p.id = a.subject
left join person_shown o on o.id = a.object
left join meeting m on m.id = a.object
--: sort seq
a.seq
--: filter person
a.subject = :person
--: filter kind
a.kind = :kind
--: filter of
-- Not by the index of kinds, which would sort what is found.
+a.kind >= :of || '.' and +a.kind < :of || '/'
--: filter record
a.object = :record
--: filter result
a.result = :result
--: filter since
a.seq >= coalesce((select b.seq from audit_record b where b.at >= :since order by b.at limit 1),
  9223372036854775807)
--: filter until
a.seq < coalesce((select b.seq from audit_record b where b.at >= :until order by b.at limit 1),
  9223372036854775807)
