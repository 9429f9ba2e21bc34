-- How a member stood on which day, and whether he was scored then: a row a change, which holds until
-- the next one. What is asked of a past day is answered from here.
create table member_standing (
  member_profile text not null references member_profile (id),
  valid_from text not null,
  state text not null,
  scored integer not null check (scored in (0, 1)),
  primary key (member_profile, valid_from)
) strict, without rowid;

-- Of the time before, as far as the history tells. A step holds from the day that was said with it,
-- in place of what an earlier step said of that day and of later ones; where no day was said, from
-- the day on which it was done, by China's clocks.
with done as (
  select e.id, e.seq, e.to_state as state, date(e.at / 1000, 'unixepoch', '+8 hours') as at_day,
    case when e.verb = 'enter' then e.data ->> '$.since'
      when e.verb = 'admit' then e.data ->> '$.since[1]'
      when e.verb = 'leave' then e.data ->> '$.left_on[1]'
      when e.verb in ('suspend', 'restore') then (select c.day from member_change c
        join case_event k on k.subject = 'member_change' and k.id = c.id and k.verb = 'confirm'
          and k.at = e.at
        where c.member_profile = e.id and c.kind = e.verb) end as said
  from case_event e
  where e.subject = 'member_profile' and e.to_state is not null and e.to_state is not e.from_state
),
steps as (select id, seq, state, min(coalesce(said, at_day), at_day) as day from done),
edits as (
  select e.id, e.seq, date(e.at / 1000, 'unixepoch', '+8 hours') as day,
    e.data ->> '$.scored[0]' as before, e.data ->> '$.scored[1]' as after
  from case_event e
  where e.subject = 'member_profile' and json_type(e.data, '$.scored') = 'array'
)
insert into member_standing (member_profile, valid_from, state, scored)
select m.id, s.day, s.state, coalesce(
  (select x.after from edits x where x.id = m.id and x.day <= s.day order by x.seq desc limit 1),
  (select x.before from edits x where x.id = m.id order by x.seq limit 1), m.scored)
from steps s join member_profile m on m.id = s.id
where m.state <> 'merged'
  and not exists (select 1 from steps l where l.id = s.id and l.seq > s.seq and l.day <= s.day);

insert into member_standing (member_profile, valid_from, state, scored)
select e.id, date(e.at / 1000, 'unixepoch', '+8 hours'),
  (select s.state from member_standing s where s.member_profile = e.id
    and s.valid_from <= date(e.at / 1000, 'unixepoch', '+8 hours') order by s.valid_from desc limit 1),
  e.data ->> '$.scored[1]'
from case_event e
where e.subject = 'member_profile' and json_type(e.data, '$.scored') = 'array'
  and exists (select 1 from member_standing s where s.member_profile = e.id
    and s.valid_from <= date(e.at / 1000, 'unixepoch', '+8 hours'))
order by e.id, e.seq
on conflict (member_profile, valid_from) do update set scored = excluded.scored;

-- Of whom no step is known: as he stands, since his seat began or he left, else since he is there.
insert into member_standing (member_profile, valid_from, state, scored)
select m.id, coalesce(iif(m.state in ('active', 'suspended'), (select min(t.valid_from) from post t
    join org o on o.id = t.org where t.person = m.person and o.kind = 'sector'
    and t.role in ('member', 'standing') and t.valid_from <= date(m.created_at / 1000, 'unixepoch', '+8 hours')), null),
  m.left_on, date(m.created_at / 1000, 'unixepoch', '+8 hours')), m.state, m.scored
from member_profile m
where m.state <> 'merged'
  and not exists (select 1 from member_standing s where s.member_profile = m.id);
