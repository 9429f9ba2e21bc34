-- See calendar_year.c.
--: row
select {y}, y.version, p.id as "loaded_by.id", p.name as "loaded_by.name",
  (select json_group_array(json_object('date', d.date, 'kind', d.kind, 'note', d.note))
    from (select * from calendar_day where calendar_year = y.id order by date) d) as "days:json!"
from calendar_year y left join person p on p.id = y.created_by
--: scope party
y.created_by = @me
--: get days
select exists (select 1 from json_each(:days)
    where substr(value ->> 'date', 1, 4) <> cast(:year as text)) as abroad,
  (select count(distinct value ->> 'date') from json_each(:days)) < json_array_length(:days) as twice
--: run loaded
insert into calendar_day (calendar_year, date, kind, note)
select @id, value ->> 'date', value ->> 'kind', value ->> 'note' from json_each(:days)
--: get neighbours
select not exists (select 1 from calendar_year y where y.state = 'active'
    and abs(y.year - $year) <= 1)
  and exists (select 1 from calendar_year y where y.state = 'active') as gap
--: get before
select id as replaced from calendar_year where state = 'active' and year = $year and id <> @id
