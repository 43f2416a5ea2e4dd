-- A row of a list that names a child and has no place on the register yet: somebody has to say what it is.
CREATE TABLE unplaced_row (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    authority_id BIGINT NOT NULL REFERENCES authority (id),
    import_id BIGINT NOT NULL REFERENCES list_import (id),
    line BIGINT NOT NULL,
    question TEXT NOT NULL CHECK (question = 'refused' OR question = 'same_child' OR question = 'came_back' OR
        question = 'ended' OR question = 'other_home'),
    words TEXT NOT NULL,                        -- what is asked, for the person who answers
    headings TEXT NOT NULL,                     -- of the list, as a line of CSV
    cells TEXT NOT NULL,                        -- the row as it stands in the list, as a line of CSV
    mapping TEXT NOT NULL,                      -- what somebody said of the headings, a line each
    digest TEXT NOT NULL,                       -- of headings and cells: the same row in a later list is not asked about again
    answer TEXT CHECK (answer IS NULL OR answer = 'same_child' OR answer = 'another_child' OR answer = 'back' OR
        answer = 'mended' OR answer = 'dealt_with'),
    child_id BIGINT REFERENCES child (id),      -- whom it was about, by the answer
    answered_at TIMESTAMP,
    answered_by BIGINT REFERENCES account (id),
    answered_because TEXT NOT NULL DEFAULT '',
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX unplaced_row_import ON unplaced_row (import_id, line);
CREATE INDEX unplaced_row_digest ON unplaced_row (authority_id, digest);
CREATE INDEX unplaced_row_open ON unplaced_row (authority_id, import_id, line) WHERE answer IS NULL;
CREATE INDEX unplaced_row_child ON unplaced_row (child_id) WHERE child_id IS NOT NULL;

-- Whom a row may be about.
CREATE TABLE unplaced_candidate (
    row_id BIGINT NOT NULL REFERENCES unplaced_row (id),
    child_id BIGINT NOT NULL REFERENCES child (id),
    why TEXT NOT NULL,                          -- what speaks for it and against it
    PRIMARY KEY (row_id, child_id)
) WITHOUT ROWID;
CREATE INDEX unplaced_candidate_child ON unplaced_candidate (child_id);

-- What became of each row of a list, so that the account of an import adds up and a record says by what it was found.
CREATE TABLE list_row (
    import_id BIGINT NOT NULL REFERENCES list_import (id),
    line BIGINT NOT NULL,
    became TEXT NOT NULL CHECK (became = 'new' OR became = 'changed' OR became = 'known' OR became = 'closed' OR
        became = 'look_at' OR became = 'refused'),
    told_as TEXT NOT NULL CHECK (told_as = 'new' OR told_as = 'changed' OR told_as = 'known' OR told_as = 'closed' OR
        told_as = 'look_at' OR told_as = 'refused'), -- what whoever may not see the child reads
    child_id BIGINT REFERENCES child (id),
    unplaced_id BIGINT REFERENCES unplaced_row (id),
    why TEXT NOT NULL,                          -- by what the child was found, or what was changed
    PRIMARY KEY (import_id, line),
    CHECK ((became = 'look_at' OR became = 'refused') = (unplaced_id IS NOT NULL)),
    CHECK ((child_id IS NULL) = (unplaced_id IS NOT NULL))
) WITHOUT ROWID;
CREATE INDEX list_row_child ON list_row (child_id) WHERE child_id IS NOT NULL;
CREATE INDEX list_row_unplaced ON list_row (unplaced_id) WHERE unplaced_id IS NOT NULL;

-- Whether list_row holds the rows of an import: those before this migration have none.
ALTER TABLE list_import ADD COLUMN is_accounted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE list_import ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE list_import ADD COLUMN look_at BIGINT NOT NULL DEFAULT 0;
