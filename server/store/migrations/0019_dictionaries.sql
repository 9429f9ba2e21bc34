-- Words that an office keeps (model/dict.h): a row says what a code is called since a day. It is
-- offered until the day on which it is withdrawn, and read as it was on rows that have it.
create table dict_item (
  id text primary key check (length(id) = 16),
  dict text not null,
  code text not null,
  label_zh text not null,
  label_en text not null,
  valid_from text not null,
  valid_to text check (valid_to > valid_from),
  sort integer not null default 0,
  created_at integer not null,
  version integer not null default 1,
  unique (dict, code, valid_from)
) strict;
create index dict_item_by_sort on dict_item (sort, id);
create trigger dict_item_fixed before update on dict_item
when new.dict <> old.dict or new.code <> old.code
begin
  select raise(abort, 'a code stays what it is');
end;
create trigger dict_item_kept before delete on dict_item
begin
  select raise(abort, 'items of dictionaries are withdrawn and never deleted');
end;

-- Political affiliations: GB/T 4762.
insert into dict_item (id, dict, code, label_zh, label_en, valid_from, sort, created_at)
select lower(hex(randomblob(8))), column1, column2, column3, column4, '2000-01-01', column5, 0
from (values
  ('political_affiliation', '01', '中共党员', 'Communist Party of China', 10),
  ('political_affiliation', '02', '中共预备党员', 'Probationary member, Communist Party of China', 20),
  ('political_affiliation', '03', '共青团员', 'Communist Youth League', 30),
  ('political_affiliation', '04', '民革党员', 'Revolutionary Committee of the Kuomintang', 40),
  ('political_affiliation', '05', '民盟盟员', 'China Democratic League', 50),
  ('political_affiliation', '06', '民建会员', 'China National Democratic Construction Association', 60),
  ('political_affiliation', '07', '民进会员', 'China Association for Promoting Democracy', 70),
  ('political_affiliation', '08', '农工党党员', 'Peasants and Workers Democratic Party', 80),
  ('political_affiliation', '09', '致公党党员', 'China Zhi Gong Party', 90),
  ('political_affiliation', '10', '九三学社社员', 'Jiusan Society', 100),
  ('political_affiliation', '11', '台盟盟员', 'Taiwan Democratic Self-Government League', 110),
  ('political_affiliation', '12', '无党派人士', 'Personage without party affiliation', 120),
  ('political_affiliation', '13', '群众', 'None', 130),
  ('unit_kind', 'organ', '机关', 'Party or government body', 10),
  ('unit_kind', 'institution', '事业单位', 'Public institution', 20),
  ('unit_kind', 'state_enterprise', '国有企业', 'State-owned enterprise', 30),
  ('unit_kind', 'private_enterprise', '民营企业', 'Private enterprise', 40),
  ('unit_kind', 'foreign_enterprise', '外资企业', 'Foreign-invested enterprise', 50),
  ('unit_kind', 'social_organisation', '社会组织', 'Social organisation', 60),
  ('unit_kind', 'freelance', '自由职业', 'Freelance', 70),
  ('member_exit', 'resigned', '辞职', 'Resigned', 10),
  ('member_exit', 'revoked', '撤销', 'Revoked', 20),
  ('member_exit', 'transferred', '调离', 'Transferred', 30),
  ('member_exit', 'died', '去世', 'Died', 40),
  ('member_exit', 'term_ended', '届满', 'Term ended', 50));
