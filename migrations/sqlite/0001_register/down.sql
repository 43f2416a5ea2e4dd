DROP TABLE list_import; DROP TABLE bank_holiday; DROP TABLE policy; DROP TABLE job_lease; DROP TABLE job_run;
DROP TABLE lapse_step; DROP TABLE outgoing_mail; DROP TABLE suspension; DROP TABLE lapse; DROP TABLE outcome; DROP TABLE booking;
DROP TABLE welfare_check; DROP TABLE draft; DROP TABLE notification_child; DROP TABLE notification; DROP TABLE episode;
DROP TABLE address; DROP TABLE relation; DROP TABLE person; DROP TABLE tier_history; DROP TABLE name_token;
DROP TABLE secondary_reason; DROP TABLE registration; DROP TABLE audit_event; DROP TABLE child; DROP TABLE sign_in_link; DROP TABLE session;
DROP TABLE post_holder; DROP TABLE account; DROP TABLE authority;
