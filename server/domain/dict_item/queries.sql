-- See dict_item.c.
--: row
select {d}, d.version from dict_item d
--: scope coming
d.valid_from > @today
--: where offered
d.valid_from <= @on and coalesce(d.valid_to, '9999') > @on
--: get others
-- Another item of the code on that day or later; and the code as something else before it.
select exists (select 1 from dict_item o where o.dict = @dict and o.code = @code and o.id <> @id
    and coalesce(o.valid_to, '9999') > @from) as overlaps,
  @from < @today and exists (select 1 from dict_item o where o.dict = @dict and o.code = @code
    and o.id <> @id) as backwards
--: get later
select exists (select 1 from dict_item o where o.dict = @dict and o.code = @code and o.id <> @id
  and o.valid_from > @from and o.valid_from < :valid_to) as overlaps
