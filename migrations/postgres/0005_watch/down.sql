DROP TABLE watch_standing;
