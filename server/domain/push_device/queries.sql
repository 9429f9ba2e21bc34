-- See push_device.c.
--: row
select {d}, d.version from push_device d
--: scope own
d.person = @me
--: get others
select count(*) as others from push_device where person = @me and endpoint <> :endpoint
--: run create
delete from push_device where endpoint = :endpoint;
insert into push_device (id, person, endpoint, p256dh, auth, label, created_at)
values (@id, @me, :endpoint, :p256dh, :auth, :label, @now)
--: run drop
delete from push_device where id = @id
