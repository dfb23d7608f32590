-- Which user or workspace a database login stands for: BI logins are bound here, not by settings.
-- depends: 0001.create-roles-and-schemas

create table app.principals (
    login_name text primary key,
    user_id uuid,
    workspace_id uuid,
    created_at timestamptz not null default now(),
    constraint principals_stand_for_one check (num_nonnulls(user_id, workspace_id) = 1)
);
alter table app.principals owner to leadboard_owner;

comment on table app.principals is 'What a database login other than the service stands for: one user (sees what the user sees) or one workspace (sees all of it). A login without a row sees nothing.';
comment on column app.principals.login_name is 'The PostgreSQL login (session_user).';
comment on column app.principals.user_id is 'The person whose rights the login has; null when it stands for a workspace.';
comment on column app.principals.workspace_id is 'The workspace the login reads as its admin does; null when it stands for a person.';
comment on column app.principals.created_at is 'When the row was written.';
