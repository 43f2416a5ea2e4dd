DROP TABLE returned_message;
DROP INDEX outgoing_mail_our_fault;
ALTER TABLE outgoing_mail DROP COLUMN failing_since;
ALTER TABLE outgoing_mail DROP COLUMN cause;
