-- How what is watched stands, as the program that serves saw it last: written by each of its looks, which proves that the
-- database can be written, and read by `hearth verify`. A row without a moment of looking is watched by nobody just now.
CREATE TABLE watch_standing (
    watched TEXT NOT NULL PRIMARY KEY CHECK (watched = 'mail_thread' OR watched = 'jobs_thread' OR watched = 'watch_thread' OR watched = 'mail' OR watched = 'sweep' OR
        watched = 'tiers' OR watched = 'bounces' OR watched = 'housekeeping' OR watched = 'weekly_digest' OR watched = 'backup' OR
        watched = 'integrity' OR watched = 'reading' OR watched = 'tables' OR watched = 'writing' OR watched = 'file' OR watched = 'disk' OR
        watched = 'clock' OR watched = 'alarm' OR watched = 'log'),
    good_at TIMESTAMP,
    trouble_since TIMESTAMP,
    words TEXT NOT NULL DEFAULT '',
    looked_at TIMESTAMP
);
