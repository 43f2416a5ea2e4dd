DROP INDEX suspension_unheard;
DROP INDEX suspension_days;
ALTER TABLE suspension DROP COLUMN mail_id;
ALTER TABLE suspension DROP COLUMN heard_above;
ALTER TABLE suspension DROP COLUMN renewal;
CREATE INDEX lapse_check ON lapse (check_id);
ALTER TABLE outgoing_mail DROP COLUMN useless_after;
DROP INDEX outgoing_mail_message;
DROP TABLE failing_address;
ALTER TABLE policy DROP COLUMN corrected_at;
ALTER TABLE policy DROP COLUMN reason;
ALTER TABLE policy DROP COLUMN recorded_at;
ALTER TABLE policy DROP COLUMN recorded_by;
DROP TABLE calendar_day;
DROP TABLE school_term;
ALTER TABLE registration DROP COLUMN status_before_lost;
DROP INDEX registration_closed;
ALTER TABLE registration DROP COLUMN closed_at;
ALTER TABLE registration DROP COLUMN closed_by;
DROP INDEX booking_booked;
ALTER TABLE booking DROP COLUMN past_holiday;
ALTER TABLE booking DROP COLUMN past_ceiling;
ALTER TABLE booking DROP COLUMN postponement;
DROP INDEX job_run_completed;
DROP INDEX address_verified;
DROP INDEX child_lost;
DROP INDEX child_seen;
DROP INDEX welfare_check_open;
CREATE INDEX welfare_check_open ON welfare_check (due_on, authority_id, child_id) WHERE state = 'open';
DROP TABLE assessment_due;
DROP TABLE tier_override;
DROP TABLE absence;
DROP TABLE due_soon_notice;
DROP INDEX lapse_step_once;
ALTER TABLE lapse_step DROP COLUMN round;
CREATE UNIQUE INDEX lapse_step_once ON lapse_step (lapse_id, step, post, recipient);
ALTER TABLE lapse DROP COLUMN round;
CREATE TABLE bank_holiday (
    day DATE PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL
);
