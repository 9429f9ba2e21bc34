-- See login_failure.c. A lock whose time is over is none, and stays until the next log-in.
--: row
select {f}, f.failures as "failures:int!", p.name as "name:text!" from login_failure f join person p on p.id = f.person
--: filter locked
:locked = coalesce(f.locked_until > @now, 0)
