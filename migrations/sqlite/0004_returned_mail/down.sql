DROP TABLE returned_message;
DROP INDEX outgoing_mail_our_fault;
ALTER TABLE outgoing_mail DROP COLUMN failing_since;
ALTER TABLE outgoing_mail DROP COLUMN cause;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(replace(replace(sql,
    ' OR told_post = ''administrator'')', ')'), ' OR post = ''administrator'')', ')'), ' OR ladder = ''message'')', ')')
WHERE type = 'table' AND name IN ('duty', 'lapse', 'lapse_step');
PRAGMA writable_schema = RESET;
