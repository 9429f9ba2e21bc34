-- See import_plan.c.
--: row
select {i}, i.version, i.columns as "columns:json"
from import i
--: scope own
i.created_by = @me
