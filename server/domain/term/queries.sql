-- See term.c.
--: row
select {t}, t.version, t.starts_on <= @on and t.ends_on >= @on as "current:bool!" from term t
--: get others
-- sessions: of this term, whose plenary would not be within it.
select @from > @to as backwards,
  exists (select 1 from term o where o.no = :no and o.id <> @id) as taken,
  exists (select 1 from term o where o.id <> @id and o.starts_on <= @to and o.ends_on >= @from)
    as overlaps,
  exists (select 1 from term_session s where s.term = @id
    and (s.plenary_from < @from or s.plenary_to > @to)) as sessions
