-- What is needed so that no check lapses in silence: plans that lapse themselves, notices before the day, cover for who is
-- away, tiers that a person decides, doors out of the register, terms and working days as an authority keeps them, and
-- addresses that mail comes back from.

-- How often somebody has answered for a lapse; each answer that is not kept begins another round of the ladder.
ALTER TABLE lapse ADD COLUMN round INTEGER NOT NULL DEFAULT 0;

-- That somebody was told that a check is due soon: written in the same transaction as the mail it goes out with.
CREATE TABLE notice (
    duty_id BIGINT NOT NULL REFERENCES duty (id),
    due_on DATE NOT NULL,                       -- as it was then: a check brought forward is told of again
    step TEXT NOT NULL CHECK (step = 'first' OR step = 'last'),
    recipient TEXT NOT NULL,
    mail_id BIGINT NOT NULL REFERENCES outgoing_mail (id),
    PRIMARY KEY (duty_id, due_on, step, recipient)
) WITHOUT ROWID;
CREATE INDEX notice_mail ON notice (mail_id);

-- Somebody is away from a day to a day, and somebody else hears what they would.
CREATE TABLE absence (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    delegate_id BIGINT NOT NULL REFERENCES account (id),
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    recorded_by BIGINT REFERENCES account (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX absence_authority ON absence (authority_id, ends_on);

-- A manager decides on another tier than the rules, with a reason, to a day.
CREATE TABLE tier_decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    child_id BIGINT NOT NULL REFERENCES child (id),
    tier TEXT NOT NULL CHECK (tier = 'green' OR tier = 'amber' OR tier = 'red'),
    reason TEXT NOT NULL,
    known_reasons TEXT NOT NULL,                -- what the rules said then, one sentence a line: a new one ends the decision
    decided_by BIGINT NOT NULL REFERENCES account (id),
    decided_at TIMESTAMP NOT NULL,
    ends_on DATE NOT NULL,
    ended_at TIMESTAMP,
    ended_because TEXT,
    CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE UNIQUE INDEX tier_decision_once ON tier_decision (child_id) WHERE ended_at IS NULL;

-- The first day on which the rules may say something else of a child without a new fact; a child without a row is not
-- looked at again until there is one.
CREATE TABLE assessment_due (
    child_id BIGINT PRIMARY KEY NOT NULL REFERENCES child (id),
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    due_on DATE NOT NULL
);
CREATE INDEX assessment_due_day ON assessment_due (authority_id, due_on);

-- The sweep asks each authority for what is due; by authority first, so that it passes over no other's.
-- Each check has one attempt that follows it; two checks have two.
DROP INDEX duty_once;
CREATE UNIQUE INDEX duty_once ON duty (child_id, kind, COALESCE(follows_id, 0)) WHERE state = 'open';
DROP INDEX duty_open;
CREATE INDEX duty_open ON duty (authority_id, due_on, child_id) WHERE state = 'open';
CREATE INDEX duty_of_posts ON duty (authority_id, due_on) WHERE state = 'open' AND post <> 'officer';

-- The lists of who may be lost from sight, each a range of an index with all that decides who may see it. The column of
-- the condition is there too: SQLite would look it up in the table otherwise.
CREATE INDEX child_seen ON child (authority_id, last_seen_on, registered_on, id, seen_recorded, officer_id, restricted, is_open)
    WHERE is_open;
CREATE INDEX child_lost ON child (authority_id, next_check_on, id, officer_id, restricted, status)
    WHERE status = 'whereabouts_unknown';
CREATE INDEX address_verified ON address (verified_on, child_id, lived_to)
    WHERE child_id IS NOT NULL AND lived_to IS NULL;
-- The last completed run of a job, however many have failed since.
CREATE INDEX job_run_completed ON job_run (job, id) WHERE ended_at IS NOT NULL AND problem = '';

-- Which time the check is put off by this booking (0: it is not), and what makes it more than an ordinary one.
ALTER TABLE booking ADD COLUMN postponement INTEGER NOT NULL DEFAULT 0;
ALTER TABLE booking ADD COLUMN past_ceiling BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE booking ADD COLUMN past_holiday BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE booking ADD COLUMN terms_unknown BOOLEAN NOT NULL DEFAULT FALSE;   -- nobody entered the terms, so one may lie between
-- The address that somebody is to go to: the child's home when it was booked, and the other one that was told by then and
-- not settled. Whether a manager hears of the booking is decided when it is made, and told_at is when the letter was put. When
-- whoever booked it was told of another home or of another address, heard_address_id and heard_claim_id say of which.
ALTER TABLE booking ADD COLUMN address_id BIGINT REFERENCES address (id);
ALTER TABLE booking ADD COLUMN tell_manager BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE booking ADD COLUMN told_at TIMESTAMP;
ALTER TABLE booking ADD COLUMN known_claim_id BIGINT REFERENCES claimed_address (id);
ALTER TABLE booking ADD COLUMN heard_address_id BIGINT REFERENCES address (id);
ALTER TABLE booking ADD COLUMN heard_claim_id BIGINT REFERENCES claimed_address (id);
CREATE INDEX booking_to_tell ON booking (check_id) WHERE tell_manager AND told_at IS NULL;
CREATE INDEX booking_coming ON booking (booked_for, check_id) WHERE state = 'booked';

-- Whether a manager hears of the attempt the same day, decided when it is recorded, and when the letter was put.
ALTER TABLE outcome ADD COLUMN tell_manager BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE outcome ADD COLUMN told_at TIMESTAMP;
CREATE INDEX outcome_to_tell ON outcome (child_id) WHERE tell_manager AND told_at IS NULL;
DROP INDEX outcome_failed;

ALTER TABLE registration ADD COLUMN closed_by BIGINT REFERENCES account (id);
ALTER TABLE registration ADD COLUMN closed_at TIMESTAMP;
-- Whether a manager hears that the record was closed, decided when it is, and when the letter was put.
ALTER TABLE registration ADD COLUMN tell_manager BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE registration ADD COLUMN told_at TIMESTAMP;
CREATE INDEX registration_to_tell ON registration (child_id) WHERE tell_manager AND told_at IS NULL;

-- Where the record stood when nobody knew any more where the child was: it stands there again once the child is found.
ALTER TABLE registration ADD COLUMN status_before_lost TEXT CHECK (status_before_lost = 'notified' OR status_before_lost = 'active');

-- The terms of an authority's schools.
CREATE TABLE school_term (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    name TEXT NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    source TEXT NOT NULL,
    recorded_by BIGINT REFERENCES account (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX school_term_once ON school_term (authority_id, first_day);

-- Days on which an authority does not work though the rules say so, or works though they say otherwise.
DROP TABLE bank_holiday;
CREATE TABLE calendar_day (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    day DATE NOT NULL,
    is_working BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    recorded_by BIGINT REFERENCES account (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX calendar_day_once ON calendar_day (authority_id, day);

-- Who set a value of the policy, and why.
ALTER TABLE policy ADD COLUMN recorded_by BIGINT REFERENCES account (id);
ALTER TABLE policy ADD COLUMN recorded_at TIMESTAMP;
ALTER TABLE policy ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE policy ADD COLUMN corrected_at TIMESTAMP;    -- an error put right on the day it was entered: it holds no more

-- Addresses that mail came back from: nobody is told anything there until somebody says that they are right again.
CREATE TABLE failing_address (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL,
    since TIMESTAMP NOT NULL,
    because TEXT NOT NULL,
    mail_id BIGINT REFERENCES outgoing_mail (id),
    cleared_at TIMESTAMP,
    cleared_by BIGINT REFERENCES account (id)
);
CREATE UNIQUE INDEX failing_address_once ON failing_address (email) WHERE cleared_at IS NULL;
CREATE INDEX outgoing_mail_message ON outgoing_mail (message_id);

-- A letter that says something for a while only (a link that opens a page for an hour) is not tried for longer.
ALTER TABLE outgoing_mail ADD COLUMN useless_after TIMESTAMP;
-- When somebody was told that it could not be delivered; nothing again once it is tried anew.
ALTER TABLE outgoing_mail ADD COLUMN reported_at TIMESTAMP;
CREATE INDEX outgoing_mail_unreported ON outgoing_mail (id) WHERE state = 'dead' AND reported_at IS NULL;

-- How often a rest was renewed, whether those above have to hear of it, and the mail that told the first of them.
ALTER TABLE rest ADD COLUMN renewal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rest ADD COLUMN heard_above BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE rest ADD COLUMN mail_id BIGINT REFERENCES outgoing_mail (id);
CREATE INDEX rest_days ON rest (ends_on, starts_on, child_id);
CREATE INDEX rest_unheard ON rest (child_id) WHERE heard_above AND mail_id IS NULL;
