-- Takes the rows with a fault (not those with warnings only) out of import_row.
create function crm.drop_faulty_rows()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from pg_temp.import_row as i
    using pg_temp.import_fault as f
    where f.line = i.line and not f.is_warning;
end
$$;
alter function crm.drop_faulty_rows() owner to leadboard_owner;

comment on function crm.drop_faulty_rows() is 'Takes the rows with a fault out of the temporary table import_row.';
