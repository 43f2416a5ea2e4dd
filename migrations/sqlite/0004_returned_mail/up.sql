-- Mail that comes back is read by its meaning: why each mail did not arrive, and what came in and could not be placed.

-- Why the mail did not arrive, the last time; nothing while it has not failed, and once it arrived or is to be tried anew.
ALTER TABLE outgoing_mail ADD COLUMN cause TEXT CHECK (cause = 'gone' OR cause = 'full' OR cause = 'too_big' OR
    cause = 'content' OR cause = 'our_fault' OR cause = 'moment' OR cause = 'absence' OR cause = 'unclear');
-- Since when it fails without a success between.
ALTER TABLE outgoing_mail ADD COLUMN failing_since TIMESTAMP;
CREATE INDEX outgoing_mail_our_fault ON outgoing_mail (recipient, id) WHERE cause = 'our_fault';

-- What came in and could not be placed, until an administrator has said what it was.
CREATE TABLE returned_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    fingerprint TEXT NOT NULL,                  -- of the whole message: the same one is kept once
    received_at TIMESTAMP NOT NULL,
    raw TEXT NOT NULL,                          -- the beginning; empty once it is dealt with
    verdict TEXT CHECK (verdict = 'this_mail' OR verdict = 'not_ours' OR verdict = 'elsewhere'),
    mail_id BIGINT REFERENCES outgoing_mail (id),  -- the mail that it was about
    dealt_at TIMESTAMP,
    dealt_by BIGINT REFERENCES account (id),
    CHECK ((verdict IS NULL) = (dealt_at IS NULL))
);
CREATE UNIQUE INDEX returned_message_once ON returned_message (fingerprint);
CREATE INDEX returned_message_open ON returned_message (authority_id, id) WHERE verdict IS NULL;

-- Every administrator holds a post, and what they owe has a ladder of its own. Only the words that a CHECK allows grow, which
-- changes no row: SQLite has no statement for that, and its documentation (ALTER TABLE, 7) says how it is done without making
-- three large tables anew.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(replace(replace(sql,
    'told_post = ''data_team'')', 'told_post = ''data_team'' OR told_post = ''administrator'')'),
    ' post = ''data_team'')', ' post = ''data_team'' OR post = ''administrator'')'),
    'ladder = ''return'')', 'ladder = ''return'' OR ladder = ''message'')')
WHERE type = 'table' AND name IN ('duty', 'lapse', 'lapse_step');
PRAGMA writable_schema = RESET;
