-- What programs of the house that listen (integrations of the kind webhook) are still to be told;
-- what was taken, or is given up, is no row any more.
create table integration_call (
  id text primary key check (length(id) = 16),
  integration text not null references integration (id),
  notice text not null references notice (id),
  attempts integer not null default 0 check (attempts >= 0),
  next_at integer not null
) strict;
create index integration_call_due on integration_call (next_at, id);
create index integration_call_by_integration on integration_call (integration);
create index integration_call_by_notice on integration_call (notice);
