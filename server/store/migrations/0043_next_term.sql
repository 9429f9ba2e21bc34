-- The end of a post is taken back with what ended it by mistake, which is noted for that moment only
-- (0041): of nobody else.
drop trigger post_ends;
create trigger post_ends before update of valid_to on post
when old.valid_to is not null and (new.valid_to is null or new.valid_to > old.valid_to)
  and not exists (select 1 from unmaking where id = old.person)
begin
  select raise(abort, 'a post that has ended stays so');
end;

-- Who was taken into office before files of terms were kept (0033) has one of the term that his seat
-- in a sector belongs to: the one that the post names, else the last that has begun by now while he
-- held it, else the first that came after.
insert into term_file (id, member_profile, term, sector, capacity, work_unit, work_title, created_at)
select lower(hex(randomblob(8))), member_profile, term, sector, capacity, work_unit, work_title, at
from (
  select m.id as member_profile, s.org as sector, m.work_unit, m.work_title,
    iif(s.role = 'standing', 'standing', 'member') as capacity,
    unixepoch() * 1000 as at,
    coalesce(s.term,
      (select e.id from term e where e.ends_on >= s.valid_from and e.starts_on <= date('now')
        and e.starts_on < coalesce(s.valid_to, '9999') order by e.no desc limit 1),
      (select e.id from term e where e.ends_on >= s.valid_from order by e.no limit 1)) as term
  from member_profile m join post s on s.id = (select t.id from post t join org o on o.id = t.org
    where t.person = m.person and o.kind = 'sector' and t.role in ('member', 'standing')
    order by t.valid_to is not null, t.valid_from desc, t.id limit 1)
  where m.state in ('active', 'suspended')
    and not exists (select 1 from term_file f where f.member_profile = m.id))
where term is not null;
