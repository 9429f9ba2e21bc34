-- See member_profile.c. @on is the day that is asked for: who is there, how he stood and whether he
-- was scored, sector, committees and standing are those of that day, with the names of that day. h is
-- how he stood then: of today the row says it, of another day d (member_standing), and of a time
-- that d does not know s, his seat in a sector.
--: row
select {m}, m.version, p.id as "person.id", p.name as "person.name",
  h.value || '' as "state_on:text",
  h.value is 'active' and iif(@on >= @today, m.scored, coalesce(d.scored, m.scored)) as "scored_now:bool!",
  (select min(f.valid_from) from member_standing f where f.member_profile = m.id
    and f.valid_from > coalesce((select max(b.valid_from) from member_standing b
      where b.member_profile = m.id and b.state <> m.state), '')) as "state_since:text",
  case when exists (select 1 from credential c where c.person = m.person) then 'ready'
    when l.digest is null then 'none' when l.expires_at <= @now then 'expired' else 'invited' end
    as "account:text!",
  iif(l.used_at is null, l.expires_at, null) as "invited_until:int",
  s.org as "sector.id", (select n.name from org_name n where n.org = s.org and n.valid_from <= @on
    order by n.valid_from desc limit 1) as "sector.name:text!",
  (select json_group_array(json_object('id', c.org, 'name', (select n.name from org_name n
      where n.org = c.org and n.valid_from <= @on order by n.valid_from desc limit 1)))
    from (select distinct t.org from post t join org o on o.id = t.org
      where t.person = m.person and o.kind = 'committee' and t.valid_from <= @on
      and coalesce(t.valid_to, '9999') > @on order by t.org) c) as "committees:json!",
  exists (select 1 from post t where t.person = m.person and t.role = 'standing'
    and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on) as "standing:bool!",
  (select json_group_array(json_object('id', f.id, 'name', f.name, 'mime', f.mime, 'size', f.size))
    from (select * from attachment where owner_kind = 'member_profile' and owner_id = m.id
      and field = 'documents' and removed_at is null order by adopted_at, id) f) as "documents:json!"
from member_profile m join person p on p.id = m.person
left join account_link l on l.person = m.person
left join post s on s.id = (select t.id from post t join org o on o.id = t.org
  where t.person = m.person and o.kind = 'sector' and t.valid_from <= @on
  and coalesce(t.valid_to, '9999') > @on order by t.valid_from desc, t.id limit 1)
left join member_standing d on d.member_profile = m.id and d.valid_from = (select max(x.valid_from)
  from member_standing x where x.member_profile = m.id and x.valid_from <= @on)
join json_each(json_array(
  iif(@on >= @today, m.state, coalesce(d.state, iif(s.id is null, null, 'active'))))) h
--: scope own
m.person = @me
--: scope party
m.person = @me
--: scope sharing
m.phone_shared
--: scope other
m.person <> @me and m.person is not @deputy
--: scope sector
exists (select 1 from role_holder h join post t on t.org = h.org where h.person = @me
  and h.role = 'convener' and h.state = 'held' and t.person = m.person
  and t.valid_from <= @today and coalesce(t.valid_to, '9999') > @today)
--: scope committee
exists (select 1 from role_holder h join post t on t.org = h.org where h.person = @me
  and h.role = 'committee' and h.state = 'held' and t.person = m.person
  and t.valid_from <= @today and coalesce(t.valid_to, '9999') > @today)
--: where there
h.value in ('candidate', 'active', 'suspended')
--: where known
@on >= @today or h.value is not null
--: where unmerged
m.state <> 'merged'
--: filter q
instr(p.name, :q) > 0 or instr(m.code, :q) > 0 or instr(coalesce(m.work_unit, ''), :q) > 0
  or instr(coalesce(m.expertise, ''), :q) > 0 or instr(coalesce(m.focus, ''), :q) > 0
  or exists (select 1 from person a join member_profile b on b.person = a.id
    where a.merged_into = m.person and instr(b.code, :q) > 0)
--: filter expertise
instr('、' || m.expertise || '、', '、' || :expertise || '、') > 0
--: filter focus
instr('、' || m.focus || '、', '、' || :focus || '、') > 0
--: filter term
exists (select 1 from term_file f where f.member_profile = m.id and f.term = :term)
--: filter state
h.value = :state
--: filter scored
iif(@on >= @today, m.scored, coalesce(d.scored, m.scored)) = :scored
--: filter in_office
:in_office = (h.value is 'active' or h.value is 'suspended')
--: count in_office
h.value is 'active' or h.value is 'suspended'
--: filter sector
s.org = :sector
--: filter committee
exists (select 1 from post t where t.person = m.person and t.org = :committee
  and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on)
--: filter station
exists (select 1 from post t where t.person = m.person and t.org = :station
  and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on)
--: filter standing
:standing = exists (select 1 from post t where t.person = m.person and t.role = 'standing'
  and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on)
--: filter age
m.birth_date is not null and case :age
  when 'under_40' then m.birth_date > date(@on, '-40 years')
  when 'from_40' then m.birth_date <= date(@on, '-40 years') and m.birth_date > date(@on, '-50 years')
  when 'from_50' then m.birth_date <= date(@on, '-50 years') and m.birth_date > date(@on, '-60 years')
  when 'from_60' then m.birth_date <= date(@on, '-60 years') and m.birth_date > date(@on, '-70 years')
  else m.birth_date <= date(@on, '-70 years') end
--: filter terms
case :terms when 'first' then m.terms_served <= 1 when 'second' then m.terms_served = 2
  else m.terms_served > 2 end
--: filter account
:account = case when exists (select 1 from credential c where c.person = m.person) then 'ready'
  when l.digest is null then 'none' when l.expires_at <= @now then 'expired' else 'invited' end
--: count term
select f.term as value from term_file f where f.member_profile = m.id
--: count committee
select distinct t.org as value from post t join org o on o.id = t.org
where t.person = m.person and o.kind = 'committee'
  and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on
--: count station
select distinct t.org as value from post t join org o on o.id = t.org
where t.person = m.person and o.kind = 'station'
  and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on
--: count age
case when m.birth_date > date(@on, '-40 years') then 'under_40'
  when m.birth_date > date(@on, '-50 years') then 'from_40'
  when m.birth_date > date(@on, '-60 years') then 'from_50'
  when m.birth_date > date(@on, '-70 years') then 'from_60'
  when m.birth_date is not null then 'from_70' end
--: count terms
case when m.terms_served <= 1 then 'first' when m.terms_served = 2 then 'second'
  when m.terms_served > 2 then 'more' end
--: sort name
p.name
--: search
select m.created_at as at, p.name as name, m.code as number, m.work_unit as about
from member_profile m join person p on p.id = m.person where m.id = @id and m.state <> 'merged'
--: run shared
update member_profile set phone_shared = :phone_shared where id = @id
--: get code_taken
select id as other from member_profile where code = :code and id <> @id
--: get phone_taken
select id as other from member_profile where phone = :phone and id <> @id
  and state not in ('left', 'merged')
--: get namesake
select p.id as namesake from person p where p.name = :name and p.kind = 'member'
  and p.merged_into is null and not exists (select 1 from member_profile m where m.person = p.id)
--: get seat
select n.name as sector_name,
  exists (select 1 from json_each(json_array(:committee, :committee2)) c where c.value is not null
    and not exists (select 1 from org g where g.id = c.value and g.kind = 'committee'))
    as no_committee,
  o.valid_to is not null or o.valid_from > :since
  or exists (select 1 from json_each(json_array(:committee, :committee2)) c join org g on g.id = c.value
    where g.valid_to is not null or g.valid_from > :since) as outside
from org o join term e on e.id = :term join org_name n on n.org = o.id
where o.id = :sector and o.kind = 'sector'
order by n.valid_from desc limit 1
--: get present
-- What a table may say of somebody who is there and what is changed elsewhere: in posts, or of the
-- account.
select p.name as name,
  iif(exists (select 1 from term_file f where f.member_profile = m.id and f.term = :term),
    :term, null) as term,
  (select t.org from post t join org o on o.id = t.org where t.person = m.person
    and o.kind = 'sector' and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on
    order by t.valid_from desc, t.id limit 1) as sector,
  iif(exists (select 1 from post t join org o on o.id = t.org where t.person = m.person
    and o.kind = 'sector' and t.role = :capacity and t.valid_from <= @on
    and coalesce(t.valid_to, '9999') > @on), :capacity, null) as capacity,
  iif(exists (select 1 from post t join org o on o.id = t.org where t.person = m.person
    and o.kind = 'sector' and t.valid_from = :since), :since, null) as since,
  iif(exists (select 1 from post t where t.person = m.person and t.org = :committee
    and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on), :committee, null) as committee,
  iif(exists (select 1 from post t where t.person = m.person and t.org = :committee2
    and t.valid_from <= @on and coalesce(t.valid_to, '9999') > @on), :committee2, null) as committee2
from member_profile m join person p on p.id = m.person where m.id = @id
--: rows named_sector
select id as id from org where kind = 'sector' and (id = @named or code = @named)
union select n.org from org_name n join org o on o.id = n.org
  where n.name = @named and o.kind = 'sector'
union select n.org from org_name n join org o on o.id = n.org
  where n.short_name = @named and o.kind = 'sector'
--: rows named_committee
select id as id from org where kind = 'committee' and (id = @named or code = @named)
union select n.org from org_name n join org o on o.id = n.org
  where n.name = @named and o.kind = 'committee'
union select n.org from org_name n join org o on o.id = n.org
  where n.short_name = @named and o.kind = 'committee'
--: rows named_committee2
select id as id from org where kind = 'committee' and (id = @named or code = @named)
union select n.org from org_name n join org o on o.id = n.org
  where n.name = @named and o.kind = 'committee'
union select n.org from org_name n join org o on o.id = n.org
  where n.short_name = @named and o.kind = 'committee'
--: rows named_term
select id as id from term where id = @named or name = @named or no = @named
--: get used
-- Anything beside what came with him: his posts and his file are as old as he. opened: his account
-- was shut, and it is as the entry left it.
select p.created_at = m.created_at as came_along,
  m.state <> 'active' or exists (select 1 from post t where t.person = m.person
    and (t.created_at <> m.created_at or t.version > 1))
  or exists (select 1 from term_file f where f.member_profile = m.id
    and (f.created_at <> m.created_at or f.version > 1))
  or exists (select 1 from member_change c where c.member_profile = m.id)
  or exists (select 1 from change_request c where c.person = m.person) as used,
  (select e.at = m.created_at and not e.data ->> '$.active[0]' from case_event e
    where e.subject = 'person' and e.id = m.person and e.data -> '$.active' is not null
    order by e.seq desc limit 1) as opened
from member_profile m join person p on p.id = m.person where m.id = @id
--: run stands
insert into member_standing (member_profile, valid_from, state, scored)
select m.id, @stands_from, m.state, coalesce((select s.scored from member_standing s
  where s.member_profile = m.id and s.valid_from <= @stands_from order by s.valid_from desc limit 1),
  m.scored)
from member_profile m where m.id = @id
on conflict (member_profile, valid_from) do update set state = excluded.state;
update member_standing set state = (select m.state from member_profile m where m.id = @id)
where member_profile = @id and valid_from > @stands_from
--: run scores
insert into member_standing (member_profile, valid_from, state, scored)
select m.id, @today, m.state, m.scored from member_profile m where m.id = @id
  and m.scored is not (select s.scored from member_standing s where s.member_profile = m.id
    order by s.valid_from desc limit 1)
on conflict (member_profile, valid_from) do update set scored = excluded.scored
--: run unmake
insert into unmaking (id) values ($person_id);
delete from post where person = $person_id;
delete from unmaking where id = $person_id;
delete from term_file where member_profile = @id;
delete from member_standing where member_profile = @id;
delete from member_profile where id = @id
--: get account
select exists (select 1 from credential c where c.person = p.id) as has_password,
  p.kind in ('staff', 'admin') or exists (select 1 from person_role r where r.person = p.id
    and r.role not in ('member', 'convener')) as has_duties
from person p where p.id = $person_id
--: run invited
insert into account_link (person, digest, created_at, created_by, expires_at)
values ($person_id, @digest, @now, @me, @until)
on conflict (person) do update set digest = excluded.digest, created_at = excluded.created_at,
  created_by = excluded.created_by, expires_at = excluded.expires_at, used_at = null
--: get holder
select exists (select 1 from member_profile where person = :person) as there,
  not p.active and (p.kind in ('staff', 'admin') or exists
    (select 1 from person_role r where r.person = p.id and r.role <> 'member')) as shut
from person p where p.id = :person and p.kind not in ('guest', 'admin') and p.merged_into is null
  and not exists (select 1 from person_role r where r.person = p.id and r.role like '%\_admin' escape '\')
--: get place
select exists (select 1 from term_file where member_profile = @id and term = :term) as filed,
  exists (select 1 from person p where p.id = $person_id and not p.active and (p.kind in ('staff', 'admin')
    or exists (select 1 from person_role r where r.person = p.id and r.role <> 'member'))) as shut
from org o join term e on e.id = :term where o.id = :sector and o.kind = 'sector'
--: run admit
update member_profile set terms_served = terms_served + 1, joined_on = coalesce(joined_on, :since),
  left_on = null, exit = null, exit_on = null where id = @id
--: get next
-- seat: the last post of his in a sector, as a member of it.
select coalesce(:since, e.starts_on) as next_since, coalesce(:sector, s.org) as next_sector,
  coalesce(:capacity, s.role) as next_capacity,
  exists (select 1 from term_file f where f.member_profile = @id and f.term = e.id) as filed,
  exists (select 1 from term_file f join term t on t.id = f.term
    where f.member_profile = @id and t.no > e.no) as not_later,
  coalesce(:since, e.starts_on) not between e.starts_on and e.ends_on
    or coalesce(s.valid_from >= coalesce(:since, e.starts_on), false) as too_early
from term e left join post s on s.id = (select t.id from post t join org o on o.id = t.org
  where t.person = $person_id and o.kind = 'sector' and t.role in ('member', 'standing')
  order by t.valid_from desc, t.id limit 1)
where e.id = :term
  and (:sector is null or exists (select 1 from org o where o.id = :sector and o.kind = 'sector'))
--: rows seats_open
select t.id, :since as valid_to from post t join org o on o.id = t.org
where t.person = $person_id and o.kind = 'sector' and t.role in ('member', 'standing')
  and t.valid_from < :since and coalesce(t.valid_to, '9999') > :since
--: get renewed
-- The file of his last term, with its post. touched: something was done since with either, with a
-- seat that ended for it, or another seat began.
select f.id as renewed_file, f.term as renewed_term, f.created_at as renewed_at,
  f.version > 1 or exists (select 1 from post t where t.person = $person_id
    and t.created_at = f.created_at and t.term = f.term and t.version > 1)
  or exists (select 1 from post t join org o on o.id = t.org where t.person = $person_id
    and o.kind = 'sector' and t.created_at > f.created_at)
  or exists (select 1 from post t
    join case_event e on e.subject = 'post' and e.id = t.id and e.verb = 'end' and e.at = f.created_at
    join case_event l on l.subject = 'post' and l.id = t.id and l.seq > e.seq
    where t.person = $person_id) as touched
from term_file f join term e on e.id = f.term where f.member_profile = @id
order by e.no desc limit 1
--: run unseat
insert into unmaking (id) values ($person_id);
delete from post where person = $person_id and created_at = @renewed_at and term = @renewed_term;
delete from term_file where id = @renewed_file
--: rows seats_ended
-- Those that ended for it, with the last day that they had before.
select t.id, (select e.data ->> '$.valid_to[0]' from case_event e where e.subject = 'post'
  and e.id = t.id and e.verb = 'end' and e.at = @renewed_at order by e.seq desc limit 1) as valid_to
from post t where t.person = $person_id and exists (select 1 from case_event e
  where e.subject = 'post' and e.id = t.id and e.verb = 'end' and e.at = @renewed_at)
--: run unseated
delete from unmaking where id = $person_id
--: people renewed
select m.person, (select e.name from term e where e.id = @renewed_term) as term
from member_profile m where m.id = @id
--: rows posts_open
select id, max(:left_on, date(valid_from, '+1 day')) as valid_to from post
where person = $person_id and coalesce(valid_to, '9999') > :left_on
--: people himself
select m.person, (select e.name from term e where e.id = :term) as term
from member_profile m where m.id = @id
--: get printed
select (select group_concat(d, '、') from (select distinct n.name as d from post t
    join org o on o.id = t.org join org_name n on n.org = o.id
    where t.person = $person_id and o.kind = 'station' and t.valid_from <= @on
      and coalesce(t.valid_to, '9999') > @on and n.valid_from = (select max(x.valid_from)
        from org_name x where x.org = o.id and x.valid_from <= @on))) as stations
--: rows posts
-- As a form has them: by time, each unit under its name of then.
select (select n.name from org_name n where n.org = t.org
    and n.valid_from <= max(t.valid_from, o.valid_from) order by n.valid_from desc limit 1) as org,
  t.role as "role:post.role", e.name as term, t.valid_from as "since:date",
  t.valid_to as "until:date"
from post t join org o on o.id = t.org left join term e on e.id = t.term
where t.person = $person_id order by t.valid_from, t.id
--: rows files
select e.name as term, (select n.name from org_name n where n.org = f.sector
    and n.valid_from <= max(e.starts_on, o.valid_from) order by n.valid_from desc limit 1) as sector,
  f.capacity as "capacity:term_file.capacity", f.work_unit, f.work_title, f.summary
from term_file f join term e on e.id = f.term join org o on o.id = f.sector
where f.member_profile = @id order by e.no
--: rows meetings
select m.title, m.planned_start as "at:time", d.result in ('present', 'observer') as "attended:bool"
from attendance d join meeting m on m.id = d.meeting
where d.person in (select $person_id union all select id from person
    where merged_into = $person_id) and d.result is not null order by m.planned_start, m.id
