-- See saved_view.c.
--: row
select {v}, v.version, v.created_at from saved_view v
--: scope own
v.created_by = @me
--: where mine
v.created_by = @me
--: sort created_at
v.created_at
--: get others
select count(*) as others from saved_view where created_by = @me and list = :list
--: run create
insert into saved_view (id, list, name, address, created_at, created_by)
values (@id, :list, :name, :address, @now, @me)
--: run drop
delete from saved_view where id = @id
