-- The leads that the writers of the bench write to, numbered, so that a random number finds one.
drop schema if exists bench cascade;
create schema bench;

create table bench.leads as
select
    row_number() over (order by l.created_at, l.id)::integer as n,
    l.workspace_id,
    l.id,
    l.branch_id,
    l.owner_user_id
from crm.leads as l
where l.owner_user_id is not null and l.erased_at is null;
alter table bench.leads add primary key (n);
analyze bench.leads;
