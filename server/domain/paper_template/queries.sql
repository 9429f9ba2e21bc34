-- See paper_template.c.
--: row
select {t}, t.version, t.created_at, p.id as "created_by.id:text!", p.name as "created_by.name:text!"
from paper_template t join person p on p.id = t.created_by
--: scope used
t.withdrawn_at is null
--: sort created_at
t.created_at
--: run withdraw
update paper_template set withdrawn_at = @now where id = @id
