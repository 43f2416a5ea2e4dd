ALTER TABLE list_import DROP COLUMN look_at;
ALTER TABLE list_import DROP COLUMN changed;
ALTER TABLE list_import DROP COLUMN is_accounted;
DROP TABLE list_row;
DROP TABLE unplaced_candidate;
DROP TABLE unplaced_row;
