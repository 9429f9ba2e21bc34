-- Minutes after which acting for another ends by itself when nothing is done (web/src/domain/delegation).
insert into setting_value (id, key, value, created_at)
values (lower(hex(randomblob(8))), 'behalf_idle_min', '30', 0);
