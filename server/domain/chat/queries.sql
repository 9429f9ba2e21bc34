-- See chat.c.
--: row
select {c}, c.participant as "pid", c.person as "person:text"
from chat_message c
--: filter before
c.seq < (select b.seq from chat_message b where b.id = :before and b.meeting = c.meeting)
--: sort seq
c.seq
