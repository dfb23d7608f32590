-- Weights and curve points of the performance score: versioned, per workspace, with a default.
-- depends: 0009.create-rollups

create table scoring.weights (
    workspace_id uuid not null,
    version integer not null,
    part text not null,
    weight numeric not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, version, part),
    constraint weights_part_known check (
        part in (
            'response', 'deal_rate', 'follow_up', 'feedback', 'complaints', 'trust', 'deal_value',
            'consistency'
        )
    ),
    constraint weights_weight_bounds check (weight between 0 and 1),
    constraint weights_version_positive check (version >= 1)
);

create table scoring.curves (
    workspace_id uuid not null,
    version integer not null,
    curve text not null,
    x numeric not null,
    y numeric not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, version, curve, x),
    constraint curves_curve_known check (
        curve in ('response', 'deal_rate', 'feedback', 'complaints')
    ),
    constraint curves_y_bounds check (y between 0 and 100),
    constraint curves_version_positive check (version >= 1)
);

alter table scoring.weights owner to leadboard_owner;
alter table scoring.curves owner to leadboard_owner;

comment on table scoring.weights is 'Weight of each part of the performance score; the highest version of a workspace counts, else that of the nil workspace (default).';
comment on column scoring.weights.workspace_id is 'The tenant; the nil UUID holds the default.';
comment on column scoring.weights.version is 'Raised with every change; older versions stay for explanations.';
comment on column scoring.weights.part is 'Part of the score.';
comment on column scoring.weights.weight is 'Share of the part in the total, 0-1; the total divides by the sum of the weights.';
comment on column scoring.weights.created_at is 'When the row was written.';

comment on table scoring.curves is 'Points of the piecewise linear curves of the performance score; versioned like scoring.weights.';
comment on column scoring.curves.workspace_id is 'The tenant; the nil UUID holds the default.';
comment on column scoring.curves.version is 'Raised with every change; older versions stay for explanations.';
comment on column scoring.curves.curve is 'response (minutes), deal_rate (0-1), feedback (1-5) or complaints (0-1).';
comment on column scoring.curves.x is 'Input, in the unit of the curve.';
comment on column scoring.curves.y is 'Score at that input, 0-100.';
comment on column scoring.curves.created_at is 'When the row was written.';

insert into scoring.weights (workspace_id, version, part, weight)
values
('00000000-0000-0000-0000-000000000000', 1, 'response', 0.25),
('00000000-0000-0000-0000-000000000000', 1, 'deal_rate', 0.25),
('00000000-0000-0000-0000-000000000000', 1, 'follow_up', 0.15),
('00000000-0000-0000-0000-000000000000', 1, 'feedback', 0.10),
('00000000-0000-0000-0000-000000000000', 1, 'complaints', 0.10),
('00000000-0000-0000-0000-000000000000', 1, 'trust', 0.05),
('00000000-0000-0000-0000-000000000000', 1, 'deal_value', 0.05),
('00000000-0000-0000-0000-000000000000', 1, 'consistency', 0.05);

insert into scoring.curves (workspace_id, version, curve, x, y)
values
('00000000-0000-0000-0000-000000000000', 1, 'response', 0, 100),
('00000000-0000-0000-0000-000000000000', 1, 'response', 30, 100),
('00000000-0000-0000-0000-000000000000', 1, 'response', 120, 70),
('00000000-0000-0000-0000-000000000000', 1, 'response', 1440, 40),
('00000000-0000-0000-0000-000000000000', 1, 'response', 10080, 0),
('00000000-0000-0000-0000-000000000000', 1, 'deal_rate', 0, 0),
('00000000-0000-0000-0000-000000000000', 1, 'deal_rate', 0.85, 100),
('00000000-0000-0000-0000-000000000000', 1, 'feedback', 1, 0),
('00000000-0000-0000-0000-000000000000', 1, 'feedback', 5, 100),
('00000000-0000-0000-0000-000000000000', 1, 'complaints', 0, 100),
('00000000-0000-0000-0000-000000000000', 1, 'complaints', 0.02, 80),
('00000000-0000-0000-0000-000000000000', 1, 'complaints', 0.05, 50),
('00000000-0000-0000-0000-000000000000', 1, 'complaints', 0.10, 0);
