-- See job.c.
--: row
select {j} from job j
--: sort name
j.name
