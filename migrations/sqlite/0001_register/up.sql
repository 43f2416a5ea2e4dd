-- The first shape of the register. Keys are never used again (AUTOINCREMENT): an old audit row must never point at a
-- new child. Days are DATE (England), moments are TIMESTAMP (UTC, whole seconds). What the world sees is `reference`.
-- CHECKs are written with OR: for IN with three words or more SQLite builds a table of the words for every row it inserts.

CREATE TABLE authority (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL UNIQUE,                  -- three-digit DfE code, kept as text
    gss_code TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT '',
    region TEXT NOT NULL DEFAULT '',
    exists_from DATE,                           -- authorities come and go: Surrey ends on 31 March 2027
    exists_to DATE,
    uses_service BOOLEAN NOT NULL DEFAULT FALSE,
    colour TEXT NOT NULL DEFAULT '#0b4f6c',
    mailbox TEXT,                               -- the duty mailbox
    telephone TEXT,
    complaints_to TEXT,                         -- whom a parent can turn to who is not the officer
    revision BIGINT NOT NULL DEFAULT 0          -- goes up with every change, so that a counted list knows it is still right
);

CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    role TEXT NOT NULL CHECK (role = 'parent' OR role = 'officer' OR role = 'manager' OR role = 'administrator'),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT,
    failed_sign_ins INTEGER NOT NULL DEFAULT 0,
    locked_until TIMESTAMP,
    left_on DATE,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX account_email ON account (email, authority_id);
CREATE INDEX account_authority ON account (authority_id, role);

-- Who holds which post on the ladder of a lapse; a post is held from a day to a day, by an account or by a mailbox.
CREATE TABLE post_holder (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    post TEXT NOT NULL CHECK (post = 'team_leader' OR post = 'manager' OR post = 'head_of_service' OR post = 'duty_mailbox' OR post = 'safeguarding_lead' OR post = 'data_team'),
    account_id BIGINT REFERENCES account (id),
    email TEXT,
    held_from DATE NOT NULL,
    held_to DATE,
    CHECK ((account_id IS NULL) <> (email IS NULL))
);
CREATE INDEX post_holder_authority ON post_holder (authority_id, post);

CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX session_account ON session (account_id);

-- A link sent to an email address, which proves the address. Only its hash is kept; it works once.
CREATE TABLE sign_in_link (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    email TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose = 'parent' OR purpose = 'password'),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX sign_in_link_email ON sign_in_link (email, created_at);

CREATE TABLE child (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    given_names TEXT NOT NULL,
    family_name TEXT NOT NULL,
    known_as TEXT,
    sort_name TEXT NOT NULL,                    -- folded "family given", to sort by
    match_key TEXT NOT NULL,                    -- folded name and date of birth, to find the same child twice
    date_of_birth DATE NOT NULL,
    sex TEXT NOT NULL CHECK (sex = 'F' OR sex = 'M' OR sex = 'U'),
    upn TEXT,
    nhs_number TEXT,
    other_reference TEXT,                       -- the child's reference in the system a list came from
    ethnicity TEXT CHECK (ethnicity IS NULL OR ethnicity = 'WBRI' OR ethnicity = 'WIRI' OR ethnicity = 'WIRT' OR
        ethnicity = 'WOTH' OR ethnicity = 'WROM' OR ethnicity = 'MWBC' OR ethnicity = 'MWBA' OR ethnicity = 'MWAS' OR
        ethnicity = 'MOTH' OR ethnicity = 'AIND' OR ethnicity = 'APKN' OR ethnicity = 'ABAN' OR ethnicity = 'AOTH' OR
        ethnicity = 'BCRB' OR ethnicity = 'BAFR' OR ethnicity = 'BOTH' OR ethnicity = 'CHNE' OR ethnicity = 'OOTH' OR
        ethnicity = 'REFU' OR ethnicity = 'NOBT'),
    language TEXT,
    sen_provision TEXT CHECK (sen_provision IS NULL OR sen_provision = 'N' OR sen_provision = 'K' OR
        sen_provision = 'E'),
    sen_type TEXT CHECK (sen_type IS NULL OR sen_type = 'SPLD' OR sen_type = 'MLD' OR sen_type = 'SLD' OR
        sen_type = 'PMLD' OR sen_type = 'SEMH' OR sen_type = 'SLCN' OR sen_type = 'HI' OR sen_type = 'VI' OR
        sen_type = 'MSI' OR sen_type = 'PD' OR sen_type = 'ASD' OR sen_type = 'OTH' OR sen_type = 'NSA' OR
        sen_type = 'DS'),
    second_sen_type TEXT CHECK (second_sen_type IS NULL OR second_sen_type = 'SPLD' OR second_sen_type = 'MLD' OR
        second_sen_type = 'SLD' OR second_sen_type = 'PMLD' OR second_sen_type = 'SEMH' OR second_sen_type = 'SLCN' OR
        second_sen_type = 'HI' OR second_sen_type = 'VI' OR second_sen_type = 'MSI' OR second_sen_type = 'PD' OR
        second_sen_type = 'ASD' OR second_sen_type = 'OTH' OR second_sen_type = 'NSA' OR second_sen_type = 'DS'),
    status TEXT NOT NULL CHECK (status = 'notified' OR status = 'active' OR status = 'whereabouts_unknown' OR status = 'closed'),
    is_open BOOLEAN NOT NULL,                   -- status is not closed; a column so that lists are one range of an index
    registered_on DATE NOT NULL,                -- of the current registration
    officer_id BIGINT REFERENCES account (id),
    restricted BOOLEAN NOT NULL DEFAULT FALSE,
    tier TEXT NOT NULL CHECK (tier = 'green' OR tier = 'amber' OR tier = 'red'),
    postcode TEXT,                              -- of the current home, copied from address for lists and search
    next_check_on DATE,                         -- earliest due day of an open check, copied from duty for lists
    last_seen_on DATE,                          -- in person, by a professional
    last_seen_by TEXT,
    seen_recorded BOOLEAN NOT NULL DEFAULT TRUE, -- FALSE: came with a list that does not say when the child was last seen
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX child_upn ON child (authority_id, upn) WHERE upn IS NOT NULL;
CREATE UNIQUE INDEX child_nhs_number ON child (authority_id, nhs_number) WHERE nhs_number IS NOT NULL;
CREATE INDEX child_match ON child (authority_id, match_key);
CREATE INDEX child_born ON child (authority_id, date_of_birth);
CREATE INDEX child_postcode ON child (authority_id, postcode);
CREATE INDEX child_other_reference ON child (authority_id, other_reference);
-- The two orders of the register list, with every column it shows, so that a page of it touches nothing else.
CREATE INDEX child_list_due ON child (authority_id, is_open, next_check_on, id,
    reference, family_name, given_names, date_of_birth, postcode, status, tier, officer_id, restricted);
CREATE INDEX child_list_name ON child (authority_id, is_open, sort_name, id,
    reference, family_name, given_names, date_of_birth, postcode, status, tier, officer_id, restricted, next_check_on);

CREATE TABLE audit_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at TIMESTAMP NOT NULL,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    account_id BIGINT REFERENCES account (id),  -- NULL: the program itself, named in actor
    actor TEXT NOT NULL,                        -- 'officer', 'parent', 'import', 'job' …
    action TEXT NOT NULL,
    child_id BIGINT REFERENCES child (id),
    subject TEXT NOT NULL DEFAULT '',           -- the reference of what was changed
    detail TEXT NOT NULL DEFAULT ''             -- what a reader of the timeline needs to know
);
CREATE INDEX audit_event_child ON audit_event (child_id, id);
CREATE INDEX audit_event_authority ON audit_event (authority_id, id);

-- A time on the register: why the child is on it and, when it ended, through which door. A child who comes back gets
-- a new one; the old ones stay.
CREATE TABLE registration (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    child_id BIGINT NOT NULL REFERENCES child (id),
    basis TEXT NOT NULL CHECK (basis = 'ehe' OR basis = 'flexi' OR basis = 'eotas' OR basis = 'section19' OR
        basis = 'part_time' OR basis = 'unregistered_setting' OR basis = 'cme' OR basis = 'other'),
    primary_reason TEXT NOT NULL CHECK (primary_reason = 'mental_health' OR primary_reason = 'physical_health' OR
        primary_reason = 'covid' OR primary_reason = 'dissat_general' OR primary_reason = 'dissat_send' OR
        primary_reason = 'dissat_bullying' OR primary_reason = 'lifestyle' OR primary_reason = 'philosophical' OR
        primary_reason = 'religious' OR primary_reason = 'risk_exclusion' OR primary_reason = 'perm_exclusion' OR
        primary_reason = 'no_preference' OR primary_reason = 'no_suitable_place' OR
        primary_reason = 'offered_not_accepted' OR primary_reason = 'did_not_apply' OR
        primary_reason = 'school_suggestion' OR primary_reason = 'other' OR primary_reason = 'not_given' OR
        primary_reason = 'unknown'),
    previous_setting TEXT NOT NULL CHECK (previous_setting = 'ey' OR previous_setting = 'none' OR
        previous_setting = 'lamain' OR previous_setting = 'acad' OR previous_setting = 'free' OR
        previous_setting = 'ind' OR previous_setting = 'spec' OR previous_setting = 'ap' OR
        previous_setting = 'pru' OR previous_setting = 'ehe' OR previous_setting = 'else_unk'),
    previous_school TEXT,
    source TEXT NOT NULL CHECK (source = 'school_return' OR source = 'parent' OR source = 'social_care' OR
        source = 'authority' OR source = 'other_authority' OR source = 'import' OR source = 'other'),
    started_on DATE NOT NULL,
    ended_on DATE,
    closure_reason TEXT CHECK (closure_reason IS NULL OR closure_reason = 'returned_to_school' OR
        closure_reason = 'left_compulsory_age' OR closure_reason = 'moved' OR closure_reason = 'emigrated' OR
        closure_reason = 'adopted' OR closure_reason = 'died' OR closure_reason = 'eotas_or_s19' OR
        closure_reason = 'ineligible' OR closure_reason = 'duplicate'),
    closure_evidence TEXT NOT NULL DEFAULT '',
    CHECK ((ended_on IS NULL) = (closure_reason IS NULL))
);
CREATE UNIQUE INDEX registration_once ON registration (child_id) WHERE ended_on IS NULL;
CREATE INDEX registration_child ON registration (child_id, started_on);

-- Reasons beside the primary one.
CREATE TABLE secondary_reason (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    registration_id BIGINT NOT NULL REFERENCES registration (id),
    reason TEXT NOT NULL CHECK (reason = 'mental_health' OR reason = 'physical_health' OR reason = 'covid' OR
        reason = 'dissat_general' OR reason = 'dissat_send' OR reason = 'dissat_bullying' OR reason = 'lifestyle' OR
        reason = 'philosophical' OR reason = 'religious' OR reason = 'risk_exclusion' OR reason = 'perm_exclusion' OR
        reason = 'no_preference' OR reason = 'no_suitable_place' OR reason = 'offered_not_accepted' OR
        reason = 'did_not_apply' OR reason = 'school_suggestion' OR reason = 'other' OR reason = 'not_given' OR
        reason = 'unknown'),
    UNIQUE (registration_id, reason)
);

-- Words of a child's names, folded, and their sounds ('~' before the key), for search by prefix.
CREATE TABLE name_token (
    authority_id BIGINT NOT NULL,               -- the child's: an index made by hand, so the child vouches for it
    token TEXT NOT NULL,
    child_id BIGINT NOT NULL REFERENCES child (id),
    PRIMARY KEY (authority_id, token, child_id)
) WITHOUT ROWID;
CREATE INDEX name_token_child ON name_token (child_id, token);

CREATE TABLE tier_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    child_id BIGINT NOT NULL REFERENCES child (id),
    tier TEXT NOT NULL CHECK (tier = 'green' OR tier = 'amber' OR tier = 'red'),
    reasons TEXT NOT NULL,                      -- one sentence a line
    decided_by TEXT NOT NULL,                   -- 'rules', or the name of the person who overrode them
    held_from TIMESTAMP NOT NULL,
    held_to TIMESTAMP
);
CREATE INDEX tier_history_child ON tier_history (child_id, held_from);

CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    account_id BIGINT REFERENCES account (id),
    name TEXT NOT NULL,
    email TEXT,
    telephone TEXT,
    contact_preference TEXT NOT NULL DEFAULT '',
    confidentiality TEXT NOT NULL CHECK (confidentiality = 'normal' OR confidentiality = 'withhold_from_other_parents' OR confidentiality = 'restricted'),
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX person_account ON person (account_id);
CREATE INDEX person_authority_email ON person (authority_id, email);

CREATE TABLE relation (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    child_id BIGINT NOT NULL REFERENCES child (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    relationship TEXT NOT NULL CHECK (relationship = 'mother' OR relationship = 'father' OR
        relationship = 'step_parent' OR relationship = 'grandparent' OR relationship = 'guardian' OR
        relationship = 'foster_carer' OR relationship = 'carer' OR relationship = 'sibling' OR relationship = 'other'),
    parental_responsibility BOOLEAN,            -- NULL: not known
    lives_with_child BOOLEAN,                   -- NULL: not known
    held_from DATE NOT NULL,
    held_to DATE,
    UNIQUE (child_id, person_id)
);
CREATE INDEX relation_person ON relation (person_id);

CREATE TABLE address (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    child_id BIGINT REFERENCES child (id),
    person_id BIGINT REFERENCES person (id),
    lines TEXT NOT NULL,                        -- one line of the address a line
    town TEXT NOT NULL DEFAULT '',
    postcode TEXT,
    uprn TEXT,
    source TEXT NOT NULL CHECK (source = 'school_return' OR source = 'parent' OR source = 'social_care' OR
        source = 'authority' OR source = 'other_authority' OR source = 'import' OR source = 'other'),
    lived_from DATE NOT NULL,
    lived_to DATE,
    verified_on DATE,
    verified_by TEXT,
    recorded_at TIMESTAMP NOT NULL,
    CHECK ((child_id IS NULL) <> (person_id IS NULL))
);
-- Each address is in one of these: the other half would be rows without a key, which tell a planner nothing.
CREATE INDEX address_child ON address (child_id, lived_to) WHERE child_id IS NOT NULL;
CREATE INDEX address_person ON address (person_id, lived_to) WHERE person_id IS NOT NULL;

-- Another address that was told for a child who lives, by the register, at one that is better known. It is not the
-- child's home until an officer says so.
CREATE TABLE claimed_address (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    child_id BIGINT NOT NULL REFERENCES child (id),
    lines TEXT NOT NULL,
    town TEXT NOT NULL DEFAULT '',
    postcode TEXT,
    uprn TEXT,
    source TEXT NOT NULL CHECK (source = 'school_return' OR source = 'parent' OR source = 'social_care' OR
        source = 'authority' OR source = 'other_authority' OR source = 'import' OR source = 'other'),
    claimed_at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP
);
CREATE UNIQUE INDEX claimed_address_once ON claimed_address (child_id) WHERE settled_at IS NULL;

CREATE TABLE episode (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    child_id BIGINT NOT NULL REFERENCES child (id),
    kind TEXT NOT NULL CHECK (kind = 's47' OR kind = 'cp_plan' OR kind = 'cin' OR kind = 'lac' OR
        kind = 'early_help' OR kind = 'safeguarding_referral' OR kind = 'school_concern' OR kind = 'exclusion' OR
        kind = 'attendance_proceedings' OR kind = 'sao' OR kind = 'care_proceedings' OR kind = 'youth_justice' OR
        kind = 'send_support' OR kind = 'ehcp'),
    category TEXT CHECK (category IS NULL OR category = 'NEG' OR category = 'PHY' OR category = 'SAB' OR
        category = 'EMO' OR category = 'MUL'),
    started_on DATE NOT NULL,
    ended_on DATE,
    source TEXT NOT NULL CHECK (source = 'school_return' OR source = 'parent' OR source = 'social_care' OR
        source = 'authority' OR source = 'other_authority' OR source = 'import' OR source = 'other'),
    contact TEXT NOT NULL DEFAULT '',
    recorded_by BIGINT REFERENCES account (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX episode_child ON episode (child_id, started_on);

CREATE TABLE notification (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    account_id BIGINT REFERENCES account (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    form_key TEXT NOT NULL UNIQUE,              -- the same form sent twice is one notification
    source TEXT NOT NULL CHECK (source = 'school_return' OR source = 'parent' OR source = 'social_care' OR
        source = 'authority' OR source = 'other_authority' OR source = 'import' OR source = 'other'),
    message TEXT NOT NULL DEFAULT '',
    received_at TIMESTAMP NOT NULL,
    accepted_at TIMESTAMP,
    accepted_by BIGINT REFERENCES account (id)
);
CREATE INDEX notification_authority ON notification (authority_id, accepted_at, received_at);
CREATE INDEX notification_account ON notification (account_id);

CREATE TABLE notification_child (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    notification_id BIGINT NOT NULL REFERENCES notification (id),
    child_id BIGINT NOT NULL REFERENCES child (id),
    UNIQUE (notification_id, child_id)
);
CREATE INDEX notification_child_child ON notification_child (child_id);

-- What a parent has typed so far, so that a phone that goes dark loses nothing.
CREATE TABLE draft (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT NOT NULL UNIQUE REFERENCES account (id),
    form_key TEXT NOT NULL UNIQUE,
    answers TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- The words for kinds, of which nearly every version brings more: `hearth migrate` writes those that the program knows. A word
-- in a CHECK would want the table made anew.
CREATE TABLE duty_kind (word TEXT PRIMARY KEY NOT NULL);
CREATE TABLE duty_purpose (word TEXT PRIMARY KEY NOT NULL);
CREATE TABLE mail_kind (word TEXT PRIMARY KEY NOT NULL);

-- What is owed by a day, whatever it is about: a child, a person, another authority, or nothing but the authority itself.
-- A welfare check is a duty of certain kinds about a child; what only a check has (bookings, outcomes) points to it.
CREATE TABLE duty (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    child_id BIGINT REFERENCES child (id),
    person_id BIGINT REFERENCES person (id),
    other_authority_id BIGINT REFERENCES authority (id),
    kind TEXT NOT NULL REFERENCES duty_kind (word),
    purpose TEXT NOT NULL REFERENCES duty_purpose (word),
    occasion TEXT NOT NULL DEFAULT '',          -- what tells two of one kind apart, such as the day of a census
    post TEXT NOT NULL CHECK (post = 'officer' OR post = 'team_leader' OR post = 'manager' OR post = 'head_of_service' OR post = 'duty_mailbox' OR post = 'safeguarding_lead' OR post = 'data_team'), -- whose it is
    may_rest BOOLEAN NOT NULL,                  -- while social care leads
    follows_id BIGINT REFERENCES duty (id),     -- a new attempt follows the check whose attempt failed
    counted_from DATE NOT NULL,
    original_due_on DATE NOT NULL,              -- nothing updates this
    due_on DATE NOT NULL,
    why TEXT NOT NULL,                          -- the sentence that answers "why this day?"
    state TEXT NOT NULL CHECK (state = 'open' OR state = 'done' OR state = 'cancelled'),
    closed_on DATE,
    closed_because TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    CHECK (person_id IS NULL OR (child_id IS NULL AND other_authority_id IS NULL)),
    CHECK (child_id IS NULL OR other_authority_id IS NULL)
);
CREATE INDEX duty_child ON duty (child_id, state, due_on);
-- What is about no child is owed once for each occasion, also when it is done.
CREATE UNIQUE INDEX duty_of_occasion
    ON duty (authority_id, kind, occasion, COALESCE(person_id, 0), COALESCE(other_authority_id, 0))
    WHERE child_id IS NULL AND state <> 'cancelled';
CREATE INDEX duty_open ON duty (due_on, authority_id, child_id) WHERE state = 'open';
CREATE UNIQUE INDEX duty_once ON duty (child_id, kind) WHERE state = 'open';

CREATE TRIGGER duty_original_due_on BEFORE UPDATE OF original_due_on ON duty
WHEN NEW.original_due_on <> OLD.original_due_on
BEGIN
    SELECT RAISE(ABORT, 'the original due date of a duty is never overwritten');
END;

CREATE TABLE booking (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    check_id BIGINT NOT NULL REFERENCES duty (id),
    mode TEXT NOT NULL CHECK (mode = 'home_visit' OR mode = 'other_venue' OR mode = 'unannounced' OR
        mode = 'joint_visit' OR mode = 'online' OR mode = 'phone' OR mode = 'written'),
    booked_for DATE NOT NULL,
    at_time TIME,                               -- where one is agreed
    place TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',            -- why it was moved, or booked past the due day
    address_reason TEXT NOT NULL DEFAULT '',    -- why somebody goes to an address that nobody has made sure of
    state TEXT NOT NULL CHECK (state = 'booked' OR state = 'moved' OR state = 'kept' OR state = 'failed' OR state = 'cancelled'),
    booked_by BIGINT NOT NULL REFERENCES account (id),
    booked_at TIMESTAMP NOT NULL
);
CREATE INDEX booking_check ON booking (check_id, state);
CREATE UNIQUE INDEX booking_once ON booking (check_id) WHERE state = 'booked';

CREATE TABLE outcome (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    check_id BIGINT NOT NULL REFERENCES duty (id),
    child_id BIGINT NOT NULL REFERENCES child (id),
    booking_id BIGINT REFERENCES booking (id),
    form_key TEXT NOT NULL UNIQUE,
    happened_on DATE NOT NULL,
    mode TEXT NOT NULL CHECK (mode = 'home_visit' OR mode = 'other_venue' OR mode = 'unannounced' OR
        mode = 'joint_visit' OR mode = 'online' OR mode = 'phone' OR mode = 'written'),
    result TEXT NOT NULL CHECK (result = 'child_seen' OR result = 'adult_only' OR result = 'nobody_in' OR
        result = 'wrong_address' OR result = 'refused' OR result = 'online_only' OR result = 'written_only'),
    place TEXT NOT NULL DEFAULT '',
    present TEXT NOT NULL DEFAULT '',
    home_seen BOOLEAN,
    spoken_alone TEXT NOT NULL CHECK (spoken_alone = 'accepted' OR spoken_alone = 'declined' OR
        spoken_alone = 'not_offered'),
    judgement TEXT NOT NULL CHECK (judgement = 'not_considered' OR judgement = 'suitable' OR
        judgement = 'suitable_with_recommendations' OR judgement = 'unclear' OR judgement = 'unsuitable'),
    note TEXT NOT NULL DEFAULT '',
    satisfied BOOLEAN NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES account (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX outcome_child ON outcome (child_id, happened_on);
CREATE INDEX outcome_check ON outcome (check_id);
CREATE INDEX outcome_failed ON outcome (recorded_at) WHERE NOT satisfied;

-- Which outcome closed a check.
CREATE TABLE closed_by_outcome (
    check_id BIGINT PRIMARY KEY NOT NULL REFERENCES duty (id),
    outcome_id BIGINT NOT NULL REFERENCES outcome (id)
);
CREATE INDEX closed_by_outcome_outcome ON closed_by_outcome (outcome_id);

CREATE TABLE lapse (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    duty_id BIGINT NOT NULL REFERENCES duty (id),
    child_id BIGINT REFERENCES child (id),       -- of a duty about a child
    ladder TEXT NOT NULL CHECK (ladder = 'welfare' OR ladder = 'return'),
    post TEXT NOT NULL CHECK (post = 'officer' OR post = 'team_leader' OR post = 'manager' OR post = 'head_of_service' OR post = 'duty_mailbox' OR
        post = 'safeguarding_lead' OR post = 'data_team'),         -- whose the duty is
    due_on DATE NOT NULL,
    opened_on DATE NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    -- No step that is owed before this day is untold; 9999-12-31: none will be owed unless somebody does something.
    next_step_on DATE NOT NULL,
    answered_at TIMESTAMP,
    answered_by BIGINT REFERENCES account (id),
    plan TEXT NOT NULL DEFAULT '',
    plan_by DATE,
    closed_at TIMESTAMP,
    closed_because TEXT
);
CREATE UNIQUE INDEX lapse_once ON lapse (duty_id) WHERE closed_at IS NULL;
CREATE INDEX lapse_open ON lapse (authority_id, due_on) WHERE closed_at IS NULL;
CREATE INDEX lapse_next_step ON lapse (authority_id, next_step_on) WHERE closed_at IS NULL;
CREATE INDEX lapse_child ON lapse (child_id);

-- Under which rules, working days and staff the next steps of an authority's lapses were weighed. Under others all are weighed anew.
CREATE TABLE ladder_weighing (
    authority_id BIGINT PRIMARY KEY NOT NULL REFERENCES authority (id),
    weighed_under TEXT NOT NULL
);

CREATE TABLE outgoing_mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,                   -- its kind and what names it among those; a key is put once
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    kind TEXT NOT NULL REFERENCES mail_kind (word),
    about_child_id BIGINT REFERENCES child (id),
    about TEXT NOT NULL DEFAULT '',             -- what it tells of this child, in words
    reports_id BIGINT REFERENCES outgoing_mail (id), -- the mail of which it tells that it did not arrive
    recipient TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    reply_to TEXT,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'sent' OR state = 'dead'),
    tries INTEGER NOT NULL DEFAULT 0,
    next_try_at TIMESTAMP NOT NULL,
    leased_until TIMESTAMP,
    last_answer TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP
);
CREATE INDEX outgoing_mail_due ON outgoing_mail (next_try_at, id) WHERE state = 'waiting';
CREATE INDEX outgoing_mail_dead ON outgoing_mail (id) WHERE state = 'dead';
CREATE INDEX outgoing_mail_authority ON outgoing_mail (authority_id, state, id);
CREATE INDEX outgoing_mail_reports ON outgoing_mail (reports_id) WHERE reports_id IS NOT NULL;

-- That a step of the ladder was told: written in the same transaction as the mail it goes out with.
CREATE TABLE lapse_step (
    lapse_id BIGINT NOT NULL REFERENCES lapse (id),
    round INTEGER NOT NULL,                     -- how often somebody had answered for the lapse
    step TEXT NOT NULL CHECK (step = 'lapsed' OR step = 'manager' OR step = 'head_of_service' OR
        step = 'duty_mailbox' OR step = 'renewed_to_head' OR step = 'renewed_to_duty'),
    post TEXT NOT NULL CHECK (post = 'officer' OR post = 'team_leader' OR post = 'manager' OR
        post = 'head_of_service' OR post = 'duty_mailbox' OR post = 'safeguarding_lead' OR post = 'data_team'),
    -- the post that was told: a higher one when nobody holds the first
    told_post TEXT NOT NULL CHECK (told_post = 'officer' OR told_post = 'team_leader' OR told_post = 'manager' OR
        told_post = 'head_of_service' OR told_post = 'duty_mailbox' OR told_post = 'safeguarding_lead' OR told_post = 'data_team'),
    owed_on DATE NOT NULL,
    recipient TEXT NOT NULL,
    mail_id BIGINT NOT NULL REFERENCES outgoing_mail (id),
    PRIMARY KEY (lapse_id, round, step, post, recipient)
) WITHOUT ROWID;
CREATE INDEX lapse_step_mail ON lapse_step (mail_id);

-- "Social care is leading": a check may rest, but only with a named lead and an end.
CREATE TABLE rest (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    child_id BIGINT NOT NULL REFERENCES child (id),
    reason TEXT NOT NULL,
    lead_name TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    recorded_by BIGINT REFERENCES account (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX rest_child ON rest (child_id, ends_on);

CREATE TABLE job_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    job TEXT NOT NULL,
    day DATE NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    found BIGINT NOT NULL DEFAULT 0,
    did BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT ''
);
CREATE INDEX job_run_job ON job_run (job, id);

CREATE TABLE job_lease (
    job TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    held_until TIMESTAMP NOT NULL
);

CREATE TABLE policy (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    authority_code TEXT,                        -- NULL: the default for every authority
    key TEXT NOT NULL,
    -- NULL: the same for every tier
    tier TEXT CHECK (tier IS NULL OR tier = 'green' OR tier = 'amber' OR tier = 'red'),
    value INTEGER NOT NULL CHECK (value >= 0),
    unit TEXT NOT NULL CHECK (unit = 'calendar_day' OR unit = 'working_day' OR unit = 'school_day' OR unit = 'week' OR
        unit = 'month' OR unit = 'times' OR unit = 'thursday'),
    source TEXT NOT NULL,
    policy_set TEXT NOT NULL CHECK (policy_set = 'default' OR policy_set = 'cnis_2026'),
    confirmed BOOLEAN NOT NULL,
    effective_from DATE,                        -- NULL: switched off
    effective_to DATE
);
CREATE INDEX policy_key ON policy (key, authority_code);

CREATE TABLE bank_holiday (
    day DATE PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL
);

CREATE TABLE list_import (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    account_id BIGINT REFERENCES account (id),
    file_name TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    dry_run BOOLEAN NOT NULL,
    rows_read BIGINT NOT NULL DEFAULT 0,
    taken BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    refused BIGINT NOT NULL DEFAULT 0,
    report TEXT NOT NULL DEFAULT '',            -- the problems, as JSON
    refused_csv TEXT NOT NULL DEFAULT ''        -- just the refused rows, to mend and read again
);
CREATE INDEX list_import_authority ON list_import (authority_id, id);
