-- Which days of which years are worked (model/calendar.h): a year is loaded, checked and made active,
-- and stays as it was loaded; a later version of it takes its place.
create table calendar_year (
  id text primary key check (length(id) = 16),
  year integer not null,
  source text not null,
  state text not null,
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1
) strict;
create index calendar_year_by_year on calendar_year (year, id);

create table calendar_day (
  calendar_year text not null references calendar_year (id),
  date text not null check (date glob '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  kind text not null check (kind in ('work', 'off')),
  note text not null,
  primary key (calendar_year, date)
) strict, without rowid;

-- 2026, of the State Council's notice of November 2025.
insert into calendar_year (id, year, source, state, created_at)
values (lower(hex(randomblob(8))), 2026, '国务院办公厅关于2026年部分节假日安排的通知', 'active', 0);
insert into calendar_day (calendar_year, date, kind, note)
select (select id from calendar_year where year = 2026), column1, column2, column3 from (values
  ('2026-01-01', 'off', '元旦'),
  ('2026-01-02', 'off', '元旦'),
  ('2026-01-03', 'off', '元旦'),
  ('2026-01-04', 'work', '元旦调休'),
  ('2026-02-14', 'work', '春节调休'),
  ('2026-02-15', 'off', '春节'),
  ('2026-02-16', 'off', '春节'),
  ('2026-02-17', 'off', '春节'),
  ('2026-02-18', 'off', '春节'),
  ('2026-02-19', 'off', '春节'),
  ('2026-02-20', 'off', '春节'),
  ('2026-02-21', 'off', '春节'),
  ('2026-02-22', 'off', '春节'),
  ('2026-02-23', 'off', '春节'),
  ('2026-02-28', 'work', '春节调休'),
  ('2026-04-04', 'off', '清明节'),
  ('2026-04-05', 'off', '清明节'),
  ('2026-04-06', 'off', '清明节'),
  ('2026-05-01', 'off', '劳动节'),
  ('2026-05-02', 'off', '劳动节'),
  ('2026-05-03', 'off', '劳动节'),
  ('2026-05-04', 'off', '劳动节'),
  ('2026-05-05', 'off', '劳动节'),
  ('2026-05-09', 'work', '劳动节调休'),
  ('2026-06-19', 'off', '端午节'),
  ('2026-06-20', 'off', '端午节'),
  ('2026-06-21', 'off', '端午节'),
  ('2026-09-20', 'work', '国庆节调休'),
  ('2026-09-25', 'off', '中秋节'),
  ('2026-09-26', 'off', '中秋节'),
  ('2026-09-27', 'off', '中秋节'),
  ('2026-10-01', 'off', '国庆节'),
  ('2026-10-02', 'off', '国庆节'),
  ('2026-10-03', 'off', '国庆节'),
  ('2026-10-04', 'off', '国庆节'),
  ('2026-10-05', 'off', '国庆节'),
  ('2026-10-06', 'off', '国庆节'),
  ('2026-10-07', 'off', '国庆节'),
  ('2026-10-10', 'work', '国庆节调休'));

create trigger calendar_day_loaded before insert on calendar_day
when (select state from calendar_year where id = new.calendar_year) <> 'loaded'
begin
  select raise(abort, 'days come with the year that they are loaded with');
end;
create trigger calendar_day_fixed before update on calendar_day
begin
  select raise(abort, 'the days of a year are never edited');
end;
create trigger calendar_day_kept before delete on calendar_day
begin
  select raise(abort, 'the days of a year are never deleted');
end;
create trigger calendar_year_fixed before update on calendar_year
when new.year <> old.year or new.source <> old.source
begin
  select raise(abort, 'a year stays as it was loaded');
end;
