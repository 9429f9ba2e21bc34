-- See term_session.c.
--: row
select {s}, s.version, t.id as "term.id", t.no as "term.no", t.name as "term.name",
  coalesce(s.proposal_open_at <= @now and s.proposal_close_at > @now, 0) as "takes_proposals:bool!"
from term_session s join term t on t.id = s.term
--: where of_term
s.term = :term
--: get place
select @from > @to as backwards,
  @from < t.starts_on or @to > t.ends_on as outside,
  exists (select 1 from term_session o where o.term = @term and o.no = :no and o.id <> @id) as taken
from term t where t.id = @term
