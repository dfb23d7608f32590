-- What happens to leads of a day moves response times and no other goal: an entry of goals.touched
-- says so, and badges and other goals are not looked at.
-- depends: 0034.count-weekdays

-- The table is all but empty after each refresh.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid

alter table goals.touched drop constraint touched_scope_known;
alter table goals.touched add constraint touched_scope_known
check (scope in ('person', 'response', 'day', 'workspace'));

comment on column goals.touched.scope is 'person, response (goals of response time alone), day (another local day has begun) or workspace (anybody''s figures may have changed).';
