-- A database of schema version 9 with sample data, as the command line made it then (.dump).
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE setting (
  key text primary key,
  value text not null
) strict;
INSERT INTO setting VALUES('demo.staff','7bdycbgw2jdm4aqp');
INSERT INTO setting VALUES('demo.host','thn5s24dgc771jqc');
INSERT INTO setting VALUES('demo.member.00','w64y23jtqhn4ehg4');
INSERT INTO setting VALUES('demo.member.01','a7h7h9b81k4w15gs');
INSERT INTO setting VALUES('demo.member.02','bpkscjwgezgt0h4j');
INSERT INTO setting VALUES('demo.member.03','ya3g2hvvazp66ak4');
INSERT INTO setting VALUES('demo.member.04','0zcfq9hp9d2xg00z');
INSERT INTO setting VALUES('demo.member.05','tngkxb296vz3nxxt');
INSERT INTO setting VALUES('demo.member.06','kyq4zywkrvd39gm2');
INSERT INTO setting VALUES('demo.member.07','mjsmh1xac9nhvwkb');
INSERT INTO setting VALUES('demo.member.08','06etk0b3pvgcnvag');
INSERT INTO setting VALUES('demo.member.09','x0bex2qw7tn7w6fz');
INSERT INTO setting VALUES('demo.member.10','f31s4xgcj4yxvqdp');
INSERT INTO setting VALUES('demo.member.11','4gz4v7c18h2mbg9z');
INSERT INTO setting VALUES('demo.member.12','475m3d28jfvyet9f');
INSERT INTO setting VALUES('demo.member.13','jxsa5kbenfafa9a2');
INSERT INTO setting VALUES('demo.member.14','1tbwb26kwsv56ab8');
INSERT INTO setting VALUES('demo.member.15','9sg89fmdnymy4qs3');
INSERT INTO setting VALUES('demo.member.16','1t6dh1arhmfpgn5z');
INSERT INTO setting VALUES('demo.member.17','0v9tsh4cgbwkshwc');
INSERT INTO setting VALUES('demo.member.18','814f654kqegz56hh');
INSERT INTO setting VALUES('demo.member.19','8pq20ctba323yejq');
INSERT INTO setting VALUES('demo.member.20','nsfvn97zggp3p7v5');
INSERT INTO setting VALUES('demo.member.21','rc6pezhdwsk4s3hd');
INSERT INTO setting VALUES('demo.member.22','wd4e9b3m6s6v34a2');
INSERT INTO setting VALUES('demo.member.23','becfd47tz24xtgms');
INSERT INTO setting VALUES('demo.member.24','cjrva5e3h8bk9731');
INSERT INTO setting VALUES('demo.member.25','jnw3xqs4q7r2xqvm');
INSERT INTO setting VALUES('demo.member.26','he38f8s701g4crd3');
INSERT INTO setting VALUES('demo.member.27','em4rtwbdvj6g6hhw');
INSERT INTO setting VALUES('demo.live','tzfnwgnt02v1kyjf');
INSERT INTO setting VALUES('demo.upcoming','w1aqrzthmb1a33s6');
CREATE TABLE person (
  id text primary key check (length(id) = 16),
  name text not null check (length(name) between 1 and 64),
  login text unique collate nocase check (length(login) between 1 and 64),
  kind text not null check (kind in ('member', 'staff', 'guest', 'admin')),
  sector text not null default '' check (length(sector) <= 64),
  organisation text not null default '' check (length(organisation) <= 128),
  active integer not null default 1 check (active in (0, 1)),
  created_at integer not null
) strict;
INSERT INTO person VALUES('7bdycbgw2jdm4aqp','机关工作人员（示例）','demo','staff','','示例机关',1,1796022779574);
INSERT INTO person VALUES('thn5s24dgc771jqc','主持人（示例）',NULL,'member','','示例机关',1,1796022779574);
INSERT INTO person VALUES('w64y23jtqhn4ehg4','王松岩（示例）',NULL,'member','经济界','示例单位',1,1796022779574);
INSERT INTO person VALUES('a7h7h9b81k4w15gs','黄柏青（示例）',NULL,'member','教育界','示例单位',1,1796022779574);
INSERT INTO person VALUES('bpkscjwgezgt0h4j','高清和（示例）',NULL,'member','医药卫生界','示例单位',1,1796022779574);
INSERT INTO person VALUES('ya3g2hvvazp66ak4','李雪舟（示例）',NULL,'member','科学技术界','示例单位',1,1796022779574);
INSERT INTO person VALUES('0zcfq9hp9d2xg00z','周晓岚（示例）',NULL,'member','文化艺术界','示例单位',1,1796022779574);
INSERT INTO person VALUES('tngkxb296vz3nxxt','林望舒（示例）',NULL,'member','农业和农村界','示例单位',1,1796022779574);
INSERT INTO person VALUES('kyq4zywkrvd39gm2','张禾（示例）',NULL,'member','工商联','示例单位',1,1796022779574);
INSERT INTO person VALUES('mjsmh1xac9nhvwkb','吴冬远（示例）',NULL,'member','社会科学界','示例单位',1,1796022779574);
INSERT INTO person VALUES('06etk0b3pvgcnvag','何霁月（示例）',NULL,'member','新闻出版界','示例单位',1,1796022779574);
INSERT INTO person VALUES('x0bex2qw7tn7w6fz','刘江平（示例）',NULL,'member','环境资源界','示例单位',1,1796022779574);
INSERT INTO person VALUES('f31s4xgcj4yxvqdp','徐一诺（示例）',NULL,'member','少数民族界','示例单位',1,1796022779574);
INSERT INTO person VALUES('4gz4v7c18h2mbg9z','郭长宁（示例）',NULL,'member','体育界','示例单位',1,1796022779574);
INSERT INTO person VALUES('475m3d28jfvyet9f','陈映川（示例）',NULL,'member','妇联','示例单位',1,1796022779574);
INSERT INTO person VALUES('jxsa5kbenfafa9a2','孙云山（示例）',NULL,'member','社会福利和社会保障界','示例单位',1,1796022779574);
INSERT INTO person VALUES('1tbwb26kwsv56ab8','马松岩（示例）',NULL,'member','经济界','示例单位',1,1796022779574);
INSERT INTO person VALUES('9sg89fmdnymy4qs3','杨柏青（示例）',NULL,'member','教育界','示例单位',1,1796022779574);
INSERT INTO person VALUES('1t6dh1arhmfpgn5z','胡清和（示例）',NULL,'member','医药卫生界','示例单位',1,1796022779574);
INSERT INTO person VALUES('0v9tsh4cgbwkshwc','罗雪舟（示例）',NULL,'member','科学技术界','示例单位',1,1796022779574);
INSERT INTO person VALUES('814f654kqegz56hh','赵晓岚（示例）',NULL,'member','文化艺术界','示例单位',1,1796022779574);
INSERT INTO person VALUES('8pq20ctba323yejq','朱望舒（示例）',NULL,'member','农业和农村界','示例单位',1,1796022779574);
INSERT INTO person VALUES('nsfvn97zggp3p7v5','王禾（示例）',NULL,'member','工商联','示例单位',1,1796022779574);
INSERT INTO person VALUES('rc6pezhdwsk4s3hd','黄冬远（示例）',NULL,'member','社会科学界','示例单位',1,1796022779574);
INSERT INTO person VALUES('wd4e9b3m6s6v34a2','高霁月（示例）',NULL,'member','新闻出版界','示例单位',1,1796022779574);
INSERT INTO person VALUES('becfd47tz24xtgms','李江平（示例）',NULL,'member','环境资源界','示例单位',1,1796022779574);
INSERT INTO person VALUES('cjrva5e3h8bk9731','周一诺（示例）',NULL,'member','少数民族界','示例单位',1,1796022779574);
INSERT INTO person VALUES('jnw3xqs4q7r2xqvm','林长宁（示例）',NULL,'member','体育界','示例单位',1,1796022779574);
INSERT INTO person VALUES('he38f8s701g4crd3','张映川（示例）',NULL,'member','妇联','示例单位',1,1796022779574);
INSERT INTO person VALUES('em4rtwbdvj6g6hhw','吴云山（示例）',NULL,'member','社会福利和社会保障界','示例单位',1,1796022779574);
INSERT INTO person VALUES('4g9qmgacc21r00rt','专家（示例）',NULL,'guest','','示例大学',1,1796022779574);
INSERT INTO person VALUES('pcyh4a24av13a9h4','专家（示例）',NULL,'guest','','示例大学',1,1796022779574);
INSERT INTO person VALUES('6rzvrp0x0vs6xnct','sec','sec','admin','','',1,1796022779797);
CREATE TABLE person_role (
  person text not null references person (id),
  role text not null
    check (role in ('member', 'staff', 'system_admin', 'security_admin', 'audit_admin')),
  primary key (person, role)
) strict, without rowid;
INSERT INTO person_role VALUES('06etk0b3pvgcnvag','member');
INSERT INTO person_role VALUES('0v9tsh4cgbwkshwc','member');
INSERT INTO person_role VALUES('0zcfq9hp9d2xg00z','member');
INSERT INTO person_role VALUES('1t6dh1arhmfpgn5z','member');
INSERT INTO person_role VALUES('1tbwb26kwsv56ab8','member');
INSERT INTO person_role VALUES('475m3d28jfvyet9f','member');
INSERT INTO person_role VALUES('4gz4v7c18h2mbg9z','member');
INSERT INTO person_role VALUES('814f654kqegz56hh','member');
INSERT INTO person_role VALUES('8pq20ctba323yejq','member');
INSERT INTO person_role VALUES('9sg89fmdnymy4qs3','member');
INSERT INTO person_role VALUES('a7h7h9b81k4w15gs','member');
INSERT INTO person_role VALUES('becfd47tz24xtgms','member');
INSERT INTO person_role VALUES('bpkscjwgezgt0h4j','member');
INSERT INTO person_role VALUES('cjrva5e3h8bk9731','member');
INSERT INTO person_role VALUES('em4rtwbdvj6g6hhw','member');
INSERT INTO person_role VALUES('f31s4xgcj4yxvqdp','member');
INSERT INTO person_role VALUES('he38f8s701g4crd3','member');
INSERT INTO person_role VALUES('jnw3xqs4q7r2xqvm','member');
INSERT INTO person_role VALUES('jxsa5kbenfafa9a2','member');
INSERT INTO person_role VALUES('kyq4zywkrvd39gm2','member');
INSERT INTO person_role VALUES('mjsmh1xac9nhvwkb','member');
INSERT INTO person_role VALUES('nsfvn97zggp3p7v5','member');
INSERT INTO person_role VALUES('rc6pezhdwsk4s3hd','member');
INSERT INTO person_role VALUES('thn5s24dgc771jqc','member');
INSERT INTO person_role VALUES('tngkxb296vz3nxxt','member');
INSERT INTO person_role VALUES('w64y23jtqhn4ehg4','member');
INSERT INTO person_role VALUES('wd4e9b3m6s6v34a2','member');
INSERT INTO person_role VALUES('x0bex2qw7tn7w6fz','member');
INSERT INTO person_role VALUES('ya3g2hvvazp66ak4','member');
INSERT INTO person_role VALUES('6rzvrp0x0vs6xnct','security_admin');
INSERT INTO person_role VALUES('7bdycbgw2jdm4aqp','staff');
CREATE TABLE credential (
  person text primary key references person (id),
  cost_log2 integer not null check (cost_log2 between 1 and 24),
  salt blob not null check (length(salt) = 16),
  hash blob not null check (length(hash) = 32),
  must_change integer not null check (must_change in (0, 1)),
  changed_at integer not null
) strict;
INSERT INTO credential VALUES('7bdycbgw2jdm4aqp',15,X'43e287b71df5450942fc340a79f8244f',X'eeac4c2e5042beee6eba67cc96cbb995128a6da270527402d9fbf1f9368f11c0',0,1796022779574);
INSERT INTO credential VALUES('6rzvrp0x0vs6xnct',15,X'f168593c7bd106f0677ae8b1fc9a8057',X'632d6df08ec690145b5f2fab283059200711affa0d33f4ea06a6b8f3b3ae74b7',1,1796022779799);
CREATE TABLE password_history (
  id integer primary key,
  person text not null references person (id),
  cost_log2 integer not null,
  salt blob not null,
  hash blob not null
) strict;
CREATE TABLE login_failure (
  person text primary key references person (id),
  failures integer not null check (failures >= 0),
  last_at integer not null,
  locked_until integer
) strict;
CREATE TABLE meeting (
  id text primary key check (length(id) = 16),
  title text not null check (length(title) between 1 and 200),
  topic text not null default '' check (length(topic) <= 2000),
  type text not null default 'consultation' check (type in ('consultation')),
  state text not null default 'scheduled'
    check (state in ('scheduled', 'live', 'ended', 'cancelled')),
  planned_start integer not null,
  planned_end integer not null check (planned_end > planned_start),
  opened_at integer,
  opened_mono_us integer,
  opened_boot text,
  ended_at integer,
  ended_mono_us integer,
  ended_boot text,
  host text not null references person (id),
  auto_record integer not null default 0 check (auto_record in (0, 1)),
  created_by text references person (id),
  created_at integer not null, ended_by_itself integer not null default 0
  check (ended_by_itself in (0, 1)), reopened_at integer,
  check ((state in ('live', 'ended')) = (opened_at is not null)),
  check ((state = 'ended') = (ended_at is not null))
) strict;
INSERT INTO meeting VALUES('tzfnwgnt02v1kyjf','老旧小区改造远程协商（示例）','如何让加装电梯、适老化改造和停车管理一次到位','consultation','live',1796022779574,1796029979574,1796022779574,40111546424,'00000000-0000-0000-0000-000000000000',NULL,NULL,NULL,'thn5s24dgc771jqc',0,NULL,1796022779574,0,NULL);
INSERT INTO meeting VALUES('w1aqrzthmb1a33s6','冬季供热保障专题协商（示例）','','consultation','scheduled',1796086800000,1796094000000,NULL,NULL,NULL,NULL,NULL,NULL,'thn5s24dgc771jqc',0,NULL,1796022779574,0,NULL);
CREATE TABLE invitation (
  id text primary key check (length(id) = 16),
  meeting text not null references meeting (id),
  person text not null references person (id),
  capacity text not null check (capacity in ('attend', 'observe', 'invited', 'host')),
  link_digest text unique,
  link_expires_at integer,
  link_used_at integer,
  revoked_at integer,
  created_at integer not null, link_until integer,
  unique (meeting, person),
  check ((link_digest is null) = (link_expires_at is null))
) strict;
INSERT INTO invitation VALUES('c78j157c3d2rc38e','tzfnwgnt02v1kyjf','thn5s24dgc771jqc','host','f3f0d55595f412bda028d894e1a33fb3896884618f114472cef3eaa3b15cc271',1796116379574,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('h7gv853r5f3w6zm0','tzfnwgnt02v1kyjf','w64y23jtqhn4ehg4','attend','f334f2f479b02a49bfa3b5da8e0a3e85280506376eee97745329976f28a6db5e',1796116379574,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('evkrya1x8jks0f7b','tzfnwgnt02v1kyjf','a7h7h9b81k4w15gs','attend','1e98d7b8e3445451e8e511b66b432e257c94936cf273c72fb38d990be22a7c8b',1796116379574,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('evp1de20tp0q9b1b','tzfnwgnt02v1kyjf','bpkscjwgezgt0h4j','attend','19230602f9ade9cba3ba84ab24e01e27233932abae6dc88f918a751ecf5a91d0',1796116379574,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('am7fm758x7ktkkmm','tzfnwgnt02v1kyjf','ya3g2hvvazp66ak4','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('eytet48s9ea9e6cq','tzfnwgnt02v1kyjf','0zcfq9hp9d2xg00z','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('dkvr5fe2xewpqzw5','tzfnwgnt02v1kyjf','tngkxb296vz3nxxt','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('qpyhnca0qmx3jede','tzfnwgnt02v1kyjf','kyq4zywkrvd39gm2','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('hqd9jasgfez6h13q','tzfnwgnt02v1kyjf','mjsmh1xac9nhvwkb','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('3e5grrzxac84n0es','tzfnwgnt02v1kyjf','06etk0b3pvgcnvag','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('tqs2cxqebs4d18tt','tzfnwgnt02v1kyjf','x0bex2qw7tn7w6fz','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('p3n9gqx6e30k4cb8','tzfnwgnt02v1kyjf','f31s4xgcj4yxvqdp','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('rt0cxkreyd1trsyr','tzfnwgnt02v1kyjf','4gz4v7c18h2mbg9z','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('9v0gx7d27r0zvk51','tzfnwgnt02v1kyjf','475m3d28jfvyet9f','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('d90dxta6p964wr4n','tzfnwgnt02v1kyjf','jxsa5kbenfafa9a2','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('6m4mvs01bhq9733f','tzfnwgnt02v1kyjf','1tbwb26kwsv56ab8','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('asd1rb0p2t9nwvca','tzfnwgnt02v1kyjf','9sg89fmdnymy4qs3','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('bsv9ry8tfyqcfaax','tzfnwgnt02v1kyjf','1t6dh1arhmfpgn5z','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('n3gp836sjrw23edq','tzfnwgnt02v1kyjf','0v9tsh4cgbwkshwc','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('hhjgjdpgpz3k4054','tzfnwgnt02v1kyjf','814f654kqegz56hh','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('yw3f9mjnmg4nsw83','tzfnwgnt02v1kyjf','8pq20ctba323yejq','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('r9ttdgwwgbt4t29e','tzfnwgnt02v1kyjf','nsfvn97zggp3p7v5','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('nec0n7wqcxrxvry8','tzfnwgnt02v1kyjf','rc6pezhdwsk4s3hd','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('0kgfp8v6cdtmgst6','tzfnwgnt02v1kyjf','wd4e9b3m6s6v34a2','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('qkc6js4y98fvpqgf','tzfnwgnt02v1kyjf','becfd47tz24xtgms','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('x1gw7hpwq5sfkhp6','tzfnwgnt02v1kyjf','cjrva5e3h8bk9731','observe',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('1x7p633z9as3hsb3','tzfnwgnt02v1kyjf','jnw3xqs4q7r2xqvm','observe',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('eg769f1nesc20crs','tzfnwgnt02v1kyjf','he38f8s701g4crd3','observe',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('hftabqq35z802g7t','tzfnwgnt02v1kyjf','em4rtwbdvj6g6hhw','observe',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('hcb8nyays702n7p5','tzfnwgnt02v1kyjf','4g9qmgacc21r00rt','invited','0056ef2591e9ef425490b9fe1106cc840127f67764b361d0a78cb8ac18bc5f9d',1796116379574,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('500z1f710t3csr6a','w1aqrzthmb1a33s6','thn5s24dgc771jqc','host',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('c7d9fkseacarrzd1','w1aqrzthmb1a33s6','w64y23jtqhn4ehg4','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('4ytw407t1z2s6b4f','w1aqrzthmb1a33s6','a7h7h9b81k4w15gs','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('9srzaw51khkbv4js','w1aqrzthmb1a33s6','bpkscjwgezgt0h4j','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('n444g49g63aheb33','w1aqrzthmb1a33s6','ya3g2hvvazp66ak4','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('be6zyzwzvfmhdjtn','w1aqrzthmb1a33s6','0zcfq9hp9d2xg00z','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('bqxhkcw90mym6c4y','w1aqrzthmb1a33s6','tngkxb296vz3nxxt','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('44h97n13nrtfctqd','w1aqrzthmb1a33s6','kyq4zywkrvd39gm2','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('ahp380s9s8w44h3p','w1aqrzthmb1a33s6','mjsmh1xac9nhvwkb','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('n4tp3w9eff3c3wgt','w1aqrzthmb1a33s6','06etk0b3pvgcnvag','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('x8k68s1q8kx38yc6','w1aqrzthmb1a33s6','x0bex2qw7tn7w6fz','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('pbzctysyf6j6dbm3','w1aqrzthmb1a33s6','f31s4xgcj4yxvqdp','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('kw3s757mnm60att1','w1aqrzthmb1a33s6','4gz4v7c18h2mbg9z','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('0ajdjdrgmyyhnpz1','w1aqrzthmb1a33s6','475m3d28jfvyet9f','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('nkvc8c4na7v41j3g','w1aqrzthmb1a33s6','jxsa5kbenfafa9a2','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('zhkcb0fj8mrgkzvj','w1aqrzthmb1a33s6','1tbwb26kwsv56ab8','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('nssj5rv9pcs25m0w','w1aqrzthmb1a33s6','9sg89fmdnymy4qs3','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('0rawfe33pvmeqs4a','w1aqrzthmb1a33s6','1t6dh1arhmfpgn5z','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('mb970n96xxj1vjk8','w1aqrzthmb1a33s6','0v9tsh4cgbwkshwc','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('d7bq6t6ybvkbknf4','w1aqrzthmb1a33s6','814f654kqegz56hh','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('2hwr4t0ccw5qsjts','w1aqrzthmb1a33s6','8pq20ctba323yejq','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('rj0vgtm36wjzxszv','w1aqrzthmb1a33s6','nsfvn97zggp3p7v5','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('31jeq229r1j8gveb','w1aqrzthmb1a33s6','rc6pezhdwsk4s3hd','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('pndh9jqdxtm0g0fb','w1aqrzthmb1a33s6','wd4e9b3m6s6v34a2','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('27ssasj9bj3rd228','w1aqrzthmb1a33s6','becfd47tz24xtgms','attend',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('6cx58xhckm0eftkw','w1aqrzthmb1a33s6','cjrva5e3h8bk9731','observe',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('2g2thh5hxre7gevv','w1aqrzthmb1a33s6','jnw3xqs4q7r2xqvm','observe',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('yhq99rhbq57nw4y8','w1aqrzthmb1a33s6','he38f8s701g4crd3','observe',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('1a1cfk2y86cxjvs7','w1aqrzthmb1a33s6','em4rtwbdvj6g6hhw','observe',NULL,NULL,NULL,NULL,1796022779574,NULL);
INSERT INTO invitation VALUES('czfcm04g2ktckfpj','w1aqrzthmb1a33s6','pcyh4a24av13a9h4','invited',NULL,NULL,NULL,NULL,1796022779574,NULL);
CREATE TABLE session (
  digest text primary key check (length(digest) = 64),
  person text not null references person (id),
  csrf text not null,
  scope_meeting text references meeting (id),
  created_at integer not null,
  last_seen_at integer not null,
  expires_at integer not null,
  address text not null
) strict, without rowid;
CREATE TABLE join_token (
  digest text primary key check (length(digest) = 64),
  meeting text not null references meeting (id),
  person text not null references person (id),
  manage integer not null check (manage in (0, 1)),
  created_at integer not null,
  expires_at integer not null check (expires_at - created_at <= 300000),
  used_at integer,
  revoked_at integer
, link text check (length(link) = 64), session text check (length(session) = 64)) strict, without rowid;
CREATE TABLE meeting_event (
  meeting text not null references meeting (id),
  seq integer not null check (seq >= 1),
  at integer not null,
  mono_us integer not null,
  kind text not null check (length(kind) between 1 and 40),
  person text references person (id),
  participant text,
  data text not null default '{}' check (json_valid(data)),
  primary key (meeting, seq)
) strict, without rowid;
INSERT INTO meeting_event VALUES('tzfnwgnt02v1kyjf',1,1796022779574,40111546424,'opened',NULL,NULL,'{}');
INSERT INTO meeting_event VALUES('tzfnwgnt02v1kyjf',1000,1796022779574,40111546424,'joined','06etk0b3pvgcnvag','participant00001','{}');
CREATE TABLE chat_message (
  seq integer primary key autoincrement,
  id text not null unique check (length(id) = 16),
  meeting text not null references meeting (id),
  person text not null references person (id),
  participant text not null,
  name text not null,
  text text not null check (length(text) between 1 and 2000),
  at integer not null
) strict;
INSERT INTO chat_message VALUES(1,'chatmessage00001','tzfnwgnt02v1kyjf','06etk0b3pvgcnvag','participant00001','委员','建议加装电梯',1796022779574);
CREATE TABLE attendance_decision (
  id integer primary key autoincrement,
  meeting text not null references meeting (id),
  person text not null references person (id),
  state text not null check (state in ('present', 'observer', 'leave', 'absent')),
  late integer not null check (late in (0, 1)),
  left_early integer not null check (left_early in (0, 1)),
  note text not null default '' check (length(note) <= 500),
  by text not null references person (id),
  at integer not null, batch text check (length(batch) = 16), rule integer references attendance_rule (version), window_from integer, window_to integer, drafted text
  check (drafted in ('present', 'observer', 'leave', 'absent')), drafted_late integer check (drafted_late in (0, 1)), drafted_left_early integer
  check (drafted_left_early in (0, 1)), present_ms integer check (present_ms >= 0),
  check (by <> person)
) strict;
INSERT INTO attendance_decision VALUES(1,'tzfnwgnt02v1kyjf','06etk0b3pvgcnvag','present',0,0,'','7bdycbgw2jdm4aqp',1796022839574,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE audit_record (
  seq integer primary key check (seq >= 1),
  at integer not null,
  kind text not null check (length(kind) between 1 and 40),
  subject text,
  object text,
  result text not null check (result in ('ok', 'refused', 'failed')),
  address text,
  detail text not null default '{}' check (json_valid(detail)),
  hash text not null check (length(hash) = 64)
) strict;
INSERT INTO audit_record VALUES(1,1796022779574,'person.create',NULL,'7bdycbgw2jdm4aqp','ok','local','{"kind":"staff","roles":["staff"]}','319a33f0819112f86c246971d8f9cf8afe5c78c569aaa0fd35aec9f2bf140a3d');
INSERT INTO audit_record VALUES(2,1796022779574,'person.create',NULL,'thn5s24dgc771jqc','ok','local','{"kind":"member","roles":["member"]}','05007ac18caa11d6de4da74f113f676fea2ed3b4ddb95c57aaced70500711a44');
INSERT INTO audit_record VALUES(3,1796022779574,'person.create',NULL,'w64y23jtqhn4ehg4','ok','local','{"kind":"member","roles":["member"]}','2ef1a7aafb0216846a11c760b3e1a1095cb2d637577a8c95135e1316777f4477');
INSERT INTO audit_record VALUES(4,1796022779574,'person.create',NULL,'a7h7h9b81k4w15gs','ok','local','{"kind":"member","roles":["member"]}','63c4500e7a832ac6ae130c4a871eaf861451a5fff5c1bf8bb74343bd70bb0152');
INSERT INTO audit_record VALUES(5,1796022779574,'person.create',NULL,'bpkscjwgezgt0h4j','ok','local','{"kind":"member","roles":["member"]}','8c7873a2639554d22437114eedd4e3a6b84696d3484ec52b59181288c8b9544a');
INSERT INTO audit_record VALUES(6,1796022779574,'person.create',NULL,'ya3g2hvvazp66ak4','ok','local','{"kind":"member","roles":["member"]}','ee99f549f589d69b5c50f0bf644f48c702fcd1a7b91d47f6c513e22896560aa3');
INSERT INTO audit_record VALUES(7,1796022779574,'person.create',NULL,'0zcfq9hp9d2xg00z','ok','local','{"kind":"member","roles":["member"]}','dcdb73d9786bd8d5848ccaab76c7261b9e0413887ae66f349b2bcf76e1e45be4');
INSERT INTO audit_record VALUES(8,1796022779574,'person.create',NULL,'tngkxb296vz3nxxt','ok','local','{"kind":"member","roles":["member"]}','f4979ee8d5cb2b26181b529d22183336916b5a3b1604248f0a801c52d87e3179');
INSERT INTO audit_record VALUES(9,1796022779574,'person.create',NULL,'kyq4zywkrvd39gm2','ok','local','{"kind":"member","roles":["member"]}','ca22edd85d70d71ed63e80872db1f67cbb66c414184761458aeb431a5b65c6a4');
INSERT INTO audit_record VALUES(10,1796022779574,'person.create',NULL,'mjsmh1xac9nhvwkb','ok','local','{"kind":"member","roles":["member"]}','03867dc2eb861f574bb3c435de9d745b0acf4aa4667ac7d0e969b892518c3ba7');
INSERT INTO audit_record VALUES(11,1796022779574,'person.create',NULL,'06etk0b3pvgcnvag','ok','local','{"kind":"member","roles":["member"]}','f4a9244c33d624e4eed6bcc47b1e1dc05afad328323a2fb631502d9eca1fe105');
INSERT INTO audit_record VALUES(12,1796022779574,'person.create',NULL,'x0bex2qw7tn7w6fz','ok','local','{"kind":"member","roles":["member"]}','7cc86a6c53c8a55e9ed411cc1911144808e277d34e84570784fe93f42d1fc27d');
INSERT INTO audit_record VALUES(13,1796022779574,'person.create',NULL,'f31s4xgcj4yxvqdp','ok','local','{"kind":"member","roles":["member"]}','eaae88ad867b50bcc6727e74fafc3f58b6e5f667e7706df78c63990f7d143ec3');
INSERT INTO audit_record VALUES(14,1796022779574,'person.create',NULL,'4gz4v7c18h2mbg9z','ok','local','{"kind":"member","roles":["member"]}','040e17299e5c896f32ede1a1e2cdf9b8e9a09373c23fe92ce6e6a3016aaf9f3d');
INSERT INTO audit_record VALUES(15,1796022779574,'person.create',NULL,'475m3d28jfvyet9f','ok','local','{"kind":"member","roles":["member"]}','b00cb4914cbefcf7bc734cb4232234a0fc9f90ef67f722de87b4e2f70bfee235');
INSERT INTO audit_record VALUES(16,1796022779574,'person.create',NULL,'jxsa5kbenfafa9a2','ok','local','{"kind":"member","roles":["member"]}','118648d4d6f9963b0cf91a056ab734fe8b5d9efd2329a30f319751aacc740b2d');
INSERT INTO audit_record VALUES(17,1796022779574,'person.create',NULL,'1tbwb26kwsv56ab8','ok','local','{"kind":"member","roles":["member"]}','755779d907f5a63693295d50d2a22f8f9f8395e3fd62726343797720150422ee');
INSERT INTO audit_record VALUES(18,1796022779574,'person.create',NULL,'9sg89fmdnymy4qs3','ok','local','{"kind":"member","roles":["member"]}','235b38d3c9cea64eeae60fdf7e4127f31f455a4e34b604f265c60efc5fdc4191');
INSERT INTO audit_record VALUES(19,1796022779574,'person.create',NULL,'1t6dh1arhmfpgn5z','ok','local','{"kind":"member","roles":["member"]}','efda65be7068e8f3a462afb1d5e6a72f67eb913cfb3dc8b995ac50e2a78ae9c1');
INSERT INTO audit_record VALUES(20,1796022779574,'person.create',NULL,'0v9tsh4cgbwkshwc','ok','local','{"kind":"member","roles":["member"]}','73431e41e37453768a60a5354864d9502247fb003b1e21b10388896026e0c4ef');
INSERT INTO audit_record VALUES(21,1796022779574,'person.create',NULL,'814f654kqegz56hh','ok','local','{"kind":"member","roles":["member"]}','083bc40f2eafaa1f621cd60dedf5ddaad8c45e94925f1c79ed098227db056d9b');
INSERT INTO audit_record VALUES(22,1796022779574,'person.create',NULL,'8pq20ctba323yejq','ok','local','{"kind":"member","roles":["member"]}','2df2c9f4a3bff5e957d6d7e5299e93a8407042134c575ff36c8b71d62eff42b9');
INSERT INTO audit_record VALUES(23,1796022779574,'person.create',NULL,'nsfvn97zggp3p7v5','ok','local','{"kind":"member","roles":["member"]}','1af40c13953a0c94d5ff38b4eec420d50953824e68e975a3f96403bf781c1370');
INSERT INTO audit_record VALUES(24,1796022779574,'person.create',NULL,'rc6pezhdwsk4s3hd','ok','local','{"kind":"member","roles":["member"]}','d6e87eee1a81e732aef1770c494f5ac5f1fa13511cf65ba786d0354f78330348');
INSERT INTO audit_record VALUES(25,1796022779574,'person.create',NULL,'wd4e9b3m6s6v34a2','ok','local','{"kind":"member","roles":["member"]}','6566374d6e9d7904e9870e03746b9b783c528f95f701f46f7d8715b30b2ca9cb');
INSERT INTO audit_record VALUES(26,1796022779574,'person.create',NULL,'becfd47tz24xtgms','ok','local','{"kind":"member","roles":["member"]}','3a36637db579fc6a287ba254a89c89d4402584171e222f1d6930e0f662fd7a1d');
INSERT INTO audit_record VALUES(27,1796022779574,'person.create',NULL,'cjrva5e3h8bk9731','ok','local','{"kind":"member","roles":["member"]}','3f4a2fc7c28270e89257efbc87b48c43dbc9348ac9edd54993b05c195b8ebc87');
INSERT INTO audit_record VALUES(28,1796022779574,'person.create',NULL,'jnw3xqs4q7r2xqvm','ok','local','{"kind":"member","roles":["member"]}','4a2e081d8537a3b42fbe0c4645b4d0a56b947286dd60e0604cc28664eff46af3');
INSERT INTO audit_record VALUES(29,1796022779574,'person.create',NULL,'he38f8s701g4crd3','ok','local','{"kind":"member","roles":["member"]}','35fd06b1730fa8109a09607e41abdce9445174a6aac3c448e947003a67988ced');
INSERT INTO audit_record VALUES(30,1796022779574,'person.create',NULL,'em4rtwbdvj6g6hhw','ok','local','{"kind":"member","roles":["member"]}','1adb7c0b6a15e8d7d71bff803a0748e13e8a226c56dfd85bd4e4774a01146a63');
INSERT INTO audit_record VALUES(31,1796022779574,'person.create',NULL,'4g9qmgacc21r00rt','ok',NULL,'{"kind":"guest","roles":[]}','2f42a06f45d13a60d3a2497308bfae0efa4331730c1ef49e398934b4b779d4fc');
INSERT INTO audit_record VALUES(32,1796022779574,'meeting.create',NULL,'tzfnwgnt02v1kyjf','ok','local','{}','aef3182ac587279d49c09d543e97bc20a8433507e092ec317e54e46a31f666a4');
INSERT INTO audit_record VALUES(33,1796022779574,'meeting.open',NULL,'tzfnwgnt02v1kyjf','ok','local','{}','9b28636755830f97546d190cee968c2501a8041ab1a29a185a82f889ebbe8fa0');
INSERT INTO audit_record VALUES(34,1796022779574,'person.create',NULL,'pcyh4a24av13a9h4','ok',NULL,'{"kind":"guest","roles":[]}','cf94b517fce797f309e4e56e2bf1d01d529e65ca56e1452bf3ae7af991f0d9b0');
INSERT INTO audit_record VALUES(35,1796022779574,'meeting.create',NULL,'w1aqrzthmb1a33s6','ok','local','{}','7e23a493a5a105b4b4c94f11c6be72b55acd180aed9ebfb2490bcf653965ed94');
INSERT INTO audit_record VALUES(36,1796022779574,'person.unlock',NULL,'7bdycbgw2jdm4aqp','ok','local','{}','38c7c47adca74a00540f0ac2563c382e06ba37a50d65e42ef6f93c2520f24221');
INSERT INTO audit_record VALUES(37,1796022779574,'invitation.link',NULL,'tzfnwgnt02v1kyjf','ok','local','{"invitation":"c78j157c3d2rc38e"}','f25421e629c99b8e263497c6f513b01c89de3e608b33102f4abcb4c56705d384');
INSERT INTO audit_record VALUES(38,1796022779574,'invitation.link',NULL,'tzfnwgnt02v1kyjf','ok','local','{"invitation":"h7gv853r5f3w6zm0"}','94857171e000c95ec06108338353c0ba0d2c85333696ebe5f377801d251348cf');
INSERT INTO audit_record VALUES(39,1796022779574,'invitation.link',NULL,'tzfnwgnt02v1kyjf','ok','local','{"invitation":"evkrya1x8jks0f7b"}','5c61bd8bef65cbda5421607dbf0c2955e9cf1ee8aa517e6e8698eed1a750e36d');
INSERT INTO audit_record VALUES(40,1796022779574,'invitation.link',NULL,'tzfnwgnt02v1kyjf','ok','local','{"invitation":"evp1de20tp0q9b1b"}','b188db1cdf3446e240c4c873aab388f955cffc6f76cd5f516f465f3e33a7bf15');
INSERT INTO audit_record VALUES(41,1796022779574,'invitation.link',NULL,'tzfnwgnt02v1kyjf','ok','local','{"invitation":"hcb8nyays702n7p5"}','fc2ddcd1a6941f40d35669f4b499edfe9acf4c9719e42f2a85d9e65b2e4ca91b');
INSERT INTO audit_record VALUES(42,1796022779797,'person.create',NULL,'6rzvrp0x0vs6xnct','ok','local','{"kind":"admin","roles":["security_admin"]}','34770cb05dc0a589feb0695d00b4d8e4983f14d3def9371606c1ad2c14c28e48');
INSERT INTO audit_record VALUES(43,1796022779799,'password.reset',NULL,'6rzvrp0x0vs6xnct','ok','local','{}','79379f0a1c913f526f230d9bfceb1eec68d325293ac377dc053f533eef1f560c');
CREATE TABLE recording (
  id text primary key check (length(id) = 16),
  meeting text not null references meeting (id),
  -- interrupted: the server died; what could be saved was. failed: nothing plays.
  state text not null default 'recording'
    check (state in ('recording', 'ready', 'interrupted', 'failed')),
  reason text check (reason in ('host', 'ended', 'failed', 'disk', 'shutdown', 'crash')),
  folder text not null unique check (folder glob '[0-9][0-9][0-9][0-9]/[01][0-9]/*'),
  started_at integer not null,
  ended_at integer,
  duration_ms integer not null default 0 check (duration_ms >= 0),
  bytes integer not null default 0 check (bytes >= 0),
  check ((state = 'recording') = (ended_at is null)),
  check ((state = 'recording') = (reason is null))
) strict;
INSERT INTO recording VALUES('recording0000001','tzfnwgnt02v1kyjf','ready','ended','2026/11/recording0000001',1796022779574,1796022839574,60000,1000);
CREATE TABLE recording_file (
  recording text not null references recording (id),
  name text not null check (length(name) between 1 and 80 and name not glob '*[^a-z0-9_.-]*'
                            and name not like '.%'),
  kind text not null check (kind in ('program', 'track')),
  part integer not null check (part > 0),
  track integer not null check (track >= 0),
  source text not null
    check (source in ('program', 'mic', 'camera', 'screen', 'screen_audio', 'other')),
  person text references person (id),
  participant text,
  start_ms integer not null check (start_ms >= 0),
  duration_ms integer not null default 0 check (duration_ms >= 0),
  bytes integer not null default 0 check (bytes >= 0),
  frames integer not null default 0,
  lost integer not null default 0,
  sha256 text check (length(sha256) = 64), -- null while it is written
  primary key (recording, name),
  check ((kind = 'program') = (track = 0)),
  check ((kind = 'program') = (source = 'program'))
) strict, without rowid;
INSERT INTO recording_file VALUES('recording0000001','program-1.webm','program',1,0,'program',NULL,NULL,0,60000,1000,0,0,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
CREATE TABLE recording_gap (
  recording text not null references recording (id),
  at_ms integer not null check (at_ms >= 0),
  for_ms integer not null check (for_ms > 0),
  primary key (recording, at_ms)
) strict, without rowid;
CREATE TABLE room_state (
  meeting text primary key references meeting (id),
  -- The last sign of life: an event of the room, or somebody's heartbeat.
  sign_at integer not null,
  -- The last `recording` event; null: there was none.
  recording_at integer,
  recording_on integer check (recording_on in (0, 1)),
  recording_shutdown integer check (recording_shutdown in (0, 1)),
  check ((recording_at is null) = (recording_on is null)),
  check ((recording_at is null) = (recording_shutdown is null))
) strict, without rowid;
INSERT INTO room_state VALUES('tzfnwgnt02v1kyjf',1796022839574,NULL,NULL,NULL);
CREATE TABLE attendance_rule (
  version integer primary key check (version >= 1),
  from_at integer not null,
  late_after_min integer not null check (late_after_min >= 0),
  left_early_min integer not null check (left_early_min >= 0),
  present_percent integer not null check (present_percent between 1 and 100),
  window_people integer not null check (window_people >= 1),
  window_share_percent integer not null check (window_share_percent between 0 and 100),
  window_quiet_min integer not null check (window_quiet_min >= 1)
) strict;
CREATE TABLE attendance_window (
  id integer primary key autoincrement,
  meeting text not null references meeting (id),
  from_at integer,
  to_at integer check (to_at > from_at),
  reason text not null check (length(reason) between 1 and 500),
  by text not null references person (id),
  at integer not null,
  check ((from_at is null) = (to_at is null))
) strict;
CREATE TABLE attendance_undo (
  decision integer primary key references attendance_decision (id),
  by text not null references person (id),
  at integer not null
) strict;
CREATE TABLE meeting_standing (
  meeting text not null references meeting (id),
  person text not null references person (id),
  standing text not null check (standing in ('none', 'barred', 'deputy')),
  by text references person (id),
  at integer not null,
  primary key (meeting, person)
) strict, without rowid;
CREATE TABLE IF NOT EXISTS "presence_segment" (
  id text primary key check (length(id) = 16),
  meeting text not null references meeting (id),
  person text not null references person (id),
  participant text not null,
  device text not null,
  address text not null,
  boot text not null,
  joined_at integer not null,
  joined_mono_us integer not null,
  last_seen_at integer not null,
  last_seen_mono_us integer not null check (last_seen_mono_us >= joined_mono_us),
  left_at integer,
  left_mono_us integer check (left_mono_us >= joined_mono_us),
  duration_ms integer generated always as ((left_mono_us - joined_mono_us) / 1000) stored,
  ended_by text check (ended_by in
    ('left', 'dropped', 'removed', 'revoked', 'replaced', 'ended', 'shutdown', 'crash')),
  session text check (length(session) = 64),
  check ((left_at is null) = (left_mono_us is null)),
  check ((left_at is null) = (ended_by is null))
) strict;
INSERT INTO presence_segment VALUES('segment000000001','tzfnwgnt02v1kyjf','06etk0b3pvgcnvag','participant00001','phone','192.0.2.1','00000000-0000-0000-0000-000000000000',1796022779574,40111546424,1796022839574,40171546424,1796022839574,40171546424,'left',NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('chat_message',1);
INSERT INTO sqlite_sequence VALUES('attendance_decision',1);
CREATE INDEX person_by_name on person (name, id);
CREATE INDEX person_role_by_role on person_role (role, person);
CREATE TRIGGER person_role_separated before insert on person_role
when new.role like '%\_admin' escape '\'
  and exists (select 1 from person_role
              where person = new.person and role <> new.role and role like '%\_admin' escape '\')
begin
  select raise(abort, 'an account cannot hold two administrator roles');
end;
CREATE TRIGGER person_role_fixed before update on person_role
begin
  select raise(abort, 'roles are given and taken, not changed');
end;
CREATE INDEX password_history_by_person on password_history (person, id);
CREATE INDEX meeting_by_start on meeting (planned_start, id);
CREATE INDEX meeting_by_state on meeting (state, planned_start, id);
CREATE INDEX invitation_by_person on invitation (person, meeting);
CREATE INDEX session_by_person on session (person, scope_meeting);
CREATE INDEX session_by_expiry on session (expires_at);
CREATE INDEX join_token_by_person on join_token (person, meeting);
CREATE INDEX join_token_by_expiry on join_token (expires_at);
CREATE TRIGGER meeting_event_kept before delete on meeting_event
begin
  select raise(abort, 'meeting events are never deleted');
end;
CREATE TRIGGER meeting_event_fixed before update on meeting_event
begin
  select raise(abort, 'meeting events are never edited');
end;
CREATE INDEX chat_by_meeting on chat_message (meeting, seq);
CREATE INDEX attendance_by_meeting on attendance_decision (meeting, person, id);
CREATE TRIGGER attendance_kept before delete on attendance_decision
begin
  select raise(abort, 'attendance decisions are never deleted');
end;
CREATE TRIGGER attendance_fixed before update on attendance_decision
begin
  select raise(abort, 'attendance decisions are never edited');
end;
CREATE TRIGGER audit_kept before delete on audit_record
begin
  select raise(abort, 'audit records are never deleted');
end;
CREATE TRIGGER audit_fixed before update on audit_record
begin
  select raise(abort, 'audit records are never edited');
end;
CREATE INDEX recording_by_meeting on recording (meeting, started_at, id);
CREATE INDEX recording_by_start on recording (started_at, id);
CREATE INDEX recording_unfinished on recording (state) where state = 'recording';
CREATE TRIGGER recording_forward before update of state on recording
when old.state <> 'recording' and new.state <> old.state
begin
  select raise(abort, 'a finished recording stays as it is');
end;
CREATE TRIGGER recording_file_fixed before update on recording_file
when old.sha256 is not null
begin
  select raise(abort, 'a closed file is not edited');
end;
CREATE TRIGGER chat_kept before delete on chat_message
begin
  select raise(abort, 'chat entries are never deleted');
end;
CREATE TRIGGER chat_fixed before update on chat_message
begin
  select raise(abort, 'chat entries are never edited');
end;
CREATE TRIGGER recording_kept before delete on recording
begin
  select raise(abort, 'recordings are never deleted');
end;
CREATE TRIGGER recording_file_kept before delete on recording_file
when old.sha256 is not null
begin
  select raise(abort, 'closed files are never deleted');
end;
CREATE TRIGGER recording_gap_kept before delete on recording_gap
begin
  select raise(abort, 'gaps are never deleted');
end;
CREATE TRIGGER recording_gap_grows before update on recording_gap
when new.recording <> old.recording or new.at_ms <> old.at_ms or new.for_ms < old.for_ms
begin
  select raise(abort, 'a gap only grows');
end;
CREATE TRIGGER meeting_kept before delete on meeting
begin
  select raise(abort, 'meetings are never deleted');
end;
CREATE TRIGGER room_state_event after insert on meeting_event when new.kind <> 'crashed'
begin
  insert into room_state (meeting, sign_at) values (new.meeting, new.at)
    on conflict do update set sign_at = max(sign_at, excluded.sign_at);
  update room_state set recording_at = new.at,
    recording_on = coalesce(json_extract(new.data, '$.on'), 0) <> 0,
    recording_shutdown = coalesce(json_extract(new.data, '$.reason'), '') = 'shutdown'
  where meeting = new.meeting and new.kind = 'recording';
end;
CREATE TRIGGER attendance_rule_kept before delete on attendance_rule
begin
  select raise(abort, 'limits of attendance are never deleted');
end;
CREATE TRIGGER attendance_rule_fixed before update on attendance_rule
begin
  select raise(abort, 'limits of attendance are never edited: a new version begins');
end;
CREATE INDEX attendance_window_by_meeting on attendance_window (meeting, id);
CREATE TRIGGER attendance_window_kept before delete on attendance_window
begin
  select raise(abort, 'windows are never deleted');
end;
CREATE TRIGGER attendance_window_fixed before update on attendance_window
begin
  select raise(abort, 'windows are never edited');
end;
CREATE INDEX attendance_by_batch on attendance_decision (batch) where batch is not null;
CREATE TRIGGER attendance_undo_kept before delete on attendance_undo
begin
  select raise(abort, 'what was undone stays undone');
end;
CREATE TRIGGER attendance_undo_fixed before update on attendance_undo
begin
  select raise(abort, 'what was undone stays undone');
end;
CREATE VIEW person_shown as
select p.id, p.kind, p.sector, p.organisation, p.unit, p.code,
  case when not p.doubled then p.name else p.name || '（' || trim(p.unit || case
    when p.unit = '' or exists (select 1 from person q where q.name = p.name and q.id <> p.id
      and iif(q.sector <> '', q.sector, q.organisation) = p.unit)
    then ' ' || p.code else '' end) || '）' end as name
from (
  select r.*, iif(r.sector <> '', r.sector, r.organisation) as unit,
    upper(substr(r.id, 1, 4)) as code,
    exists (select 1 from person q where q.name = r.name and q.id <> r.id and (
      (q.kind <> 'guest' and q.active = 1)
      or exists (select 1 from invitation a join invitation b on b.meeting = a.meeting
                 where a.person = q.id and b.person = r.id))) as doubled
  from person r) p;
CREATE VIEW attendance_current as
select d.* from attendance_decision d where d.id = (
  select max(e.id) from attendance_decision e where e.meeting = d.meeting and e.person = d.person
  and not exists (select 1 from attendance_undo u where u.decision = e.id));
CREATE INDEX join_token_by_session on join_token (session) where session is not null;
CREATE TRIGGER session_ended after delete on session
begin
  delete from join_token where session = old.digest and used_at is null;
end;
CREATE TRIGGER guest_without_login before update of login, kind on person
when new.kind = 'guest' and new.login is not null
begin
  select raise(abort, 'a guest has no login');
end;
CREATE TRIGGER guest_without_password before insert on credential
when exists (select 1 from person where id = new.person and kind = 'guest')
begin
  select raise(abort, 'a guest has no password');
end;
CREATE TRIGGER meeting_forward before update of state on meeting
when new.state <> old.state and not (
  (old.state = 'scheduled' and new.state in ('live', 'cancelled'))
  or (old.state = 'live' and new.state = 'ended')
  or (old.state = 'ended' and new.state = 'live' and old.ended_by_itself = 1
      and new.ended_by_itself = 0
      and new.reopened_at between old.ended_at and old.ended_at + 1800000))
begin
  select raise(abort, 'a meeting goes from scheduled to live to ended, or is cancelled');
end;
CREATE TRIGGER meeting_times_fixed before update on meeting
when (old.opened_at is not null and (new.opened_at is not old.opened_at
        or new.opened_mono_us is not old.opened_mono_us or new.opened_boot is not old.opened_boot))
  or (old.ended_at is not null and new.state = 'ended' and (new.ended_at is not old.ended_at
        or new.ended_mono_us is not old.ended_mono_us or new.ended_boot is not old.ended_boot
        or new.ended_by_itself <> old.ended_by_itself))
begin
  select raise(abort, 'a meeting is opened and ended once');
end;
CREATE TRIGGER room_state_reopened after insert on meeting_event when new.kind = 'reopened'
begin
  update room_state set recording_shutdown = 1
  where meeting = new.meeting and 'ended' =
    (select json_extract(e.data, '$.reason') from meeting_event e
     where e.meeting = new.meeting and e.kind = 'recording' order by e.seq desc limit 1);
end;
CREATE INDEX meeting_standing_by_person on meeting_standing (person);
CREATE INDEX presence_by_meeting on presence_segment (meeting, person, joined_at);
CREATE INDEX presence_by_person on presence_segment (person, left_at);
CREATE INDEX presence_open on presence_segment (meeting, person) where left_at is null;
CREATE INDEX presence_by_session on presence_segment (session, left_at) where session is not null;
CREATE TRIGGER presence_kept before delete on presence_segment
begin
  select raise(abort, 'presence segments are never deleted');
end;
CREATE TRIGGER presence_fixed before update on presence_segment
when new.id <> old.id or new.meeting <> old.meeting or new.person <> old.person
  or new.participant <> old.participant or new.device <> old.device
  or new.address <> old.address or new.boot <> old.boot
  or new.joined_at <> old.joined_at or new.joined_mono_us <> old.joined_mono_us
  or new.last_seen_mono_us < old.last_seen_mono_us
  or old.left_at is not null
begin
  select raise(abort, 'presence segments are closed once and never edited');
end;
CREATE TRIGGER room_state_presence after insert on presence_segment
begin
  insert into room_state (meeting, sign_at) values (new.meeting, new.last_seen_at)
    on conflict do update set sign_at = max(sign_at, excluded.sign_at);
end;
CREATE TRIGGER room_state_heartbeat after update of last_seen_at on presence_segment
begin
  update room_state set sign_at = new.last_seen_at
  where meeting = new.meeting and sign_at < new.last_seen_at;
end;
COMMIT;
