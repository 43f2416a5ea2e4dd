ALTER TABLE list_import DROP COLUMN look_at;
ALTER TABLE list_import DROP COLUMN changed;
ALTER TABLE list_import DROP COLUMN is_accounted;
DROP TABLE list_row;
DROP TABLE unplaced_candidate;
DROP TABLE unplaced_row;
DELETE FROM lapse_step WHERE lapse_id IN
    (SELECT lapse.id FROM lapse JOIN duty ON duty.id = lapse.duty_id WHERE duty.kind = 'rows_of_list');
DELETE FROM lapse WHERE duty_id IN (SELECT id FROM duty WHERE kind = 'rows_of_list');
DELETE FROM notice WHERE duty_id IN (SELECT id FROM duty WHERE kind = 'rows_of_list');
DELETE FROM duty WHERE kind = 'rows_of_list';
DELETE FROM duty_kind WHERE word = 'rows_of_list';
DELETE FROM duty_purpose WHERE word = 'place_rows';
