//! The tables, as both databases have them; `tests/it/databases.rs` holds this file to them.

// diesel's macro writes undocumented items.
#![allow(missing_docs)]

diesel::table! {
    authority (id) {
        id -> BigInt,
        code -> Text,
        gss_code -> Text,
        name -> Text,
        kind -> Text,
        region -> Text,
        exists_from -> Nullable<Date>,
        exists_to -> Nullable<Date>,
        uses_service -> Bool,
        colour -> Text,
        mailbox -> Nullable<Text>,
        telephone -> Nullable<Text>,
        complaints_to -> Nullable<Text>,
        revision -> BigInt,
    }
}

diesel::table! {
    account (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        role -> Text,
        email -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        failed_sign_ins -> Integer,
        locked_until -> Nullable<Timestamp>,
        left_on -> Nullable<Date>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    post_holder (id) {
        id -> BigInt,
        authority_id -> BigInt,
        post -> Text,
        account_id -> Nullable<BigInt>,
        email -> Nullable<Text>,
        held_from -> Date,
        held_to -> Nullable<Date>,
    }
}

diesel::table! {
    session (id) {
        id -> BigInt,
        token_hash -> Text,
        account_id -> BigInt,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_link (id) {
        id -> BigInt,
        token_hash -> Text,
        authority_id -> BigInt,
        email -> Text,
        purpose -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    child (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        given_names -> Text,
        family_name -> Text,
        known_as -> Nullable<Text>,
        sort_name -> Text,
        match_key -> Text,
        date_of_birth -> Date,
        sex -> Text,
        upn -> Nullable<Text>,
        nhs_number -> Nullable<Text>,
        other_reference -> Nullable<Text>,
        ethnicity -> Nullable<Text>,
        language -> Nullable<Text>,
        sen_provision -> Nullable<Text>,
        sen_type -> Nullable<Text>,
        second_sen_type -> Nullable<Text>,
        status -> Text,
        is_open -> Bool,
        registered_on -> Date,
        officer_id -> Nullable<BigInt>,
        restricted -> Bool,
        tier -> Text,
        postcode -> Nullable<Text>,
        next_check_on -> Nullable<Date>,
        last_seen_on -> Nullable<Date>,
        last_seen_by -> Nullable<Text>,
        seen_recorded -> Bool,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    audit_event (id) {
        id -> BigInt,
        at -> Timestamp,
        authority_id -> BigInt,
        account_id -> Nullable<BigInt>,
        actor -> Text,
        action -> Text,
        child_id -> Nullable<BigInt>,
        subject -> Text,
        detail -> Text,
    }
}

diesel::table! {
    registration (id) {
        id -> BigInt,
        child_id -> BigInt,
        basis -> Text,
        primary_reason -> Text,
        previous_setting -> Text,
        previous_school -> Nullable<Text>,
        source -> Text,
        started_on -> Date,
        ended_on -> Nullable<Date>,
        closure_reason -> Nullable<Text>,
        closure_evidence -> Text,
        closed_by -> Nullable<BigInt>,
        closed_at -> Nullable<Timestamp>,
        tell_manager -> Bool,
        told_at -> Nullable<Timestamp>,
        status_before_lost -> Nullable<Text>,
    }
}

diesel::table! {
    secondary_reason (id) {
        id -> BigInt,
        registration_id -> BigInt,
        reason -> Text,
    }
}

diesel::table! {
    name_token (authority_id, token, child_id) {
        authority_id -> BigInt,
        token -> Text,
        child_id -> BigInt,
    }
}

diesel::table! {
    tier_history (id) {
        id -> BigInt,
        child_id -> BigInt,
        tier -> Text,
        reasons -> Text,
        decided_by -> Text,
        held_from -> Timestamp,
        held_to -> Nullable<Timestamp>,
    }
}

diesel::table! {
    person (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        account_id -> Nullable<BigInt>,
        name -> Text,
        email -> Nullable<Text>,
        telephone -> Nullable<Text>,
        contact_preference -> Text,
        confidentiality -> Text,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    relation (id) {
        id -> BigInt,
        child_id -> BigInt,
        person_id -> BigInt,
        relationship -> Text,
        parental_responsibility -> Nullable<Bool>,
        lives_with_child -> Nullable<Bool>,
        held_from -> Date,
        held_to -> Nullable<Date>,
    }
}

diesel::table! {
    address (id) {
        id -> BigInt,
        reference -> Text,
        child_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        lines -> Text,
        town -> Text,
        postcode -> Nullable<Text>,
        uprn -> Nullable<Text>,
        source -> Text,
        lived_from -> Date,
        lived_to -> Nullable<Date>,
        verified_on -> Nullable<Date>,
        verified_by -> Nullable<Text>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    claimed_address (id) {
        id -> BigInt,
        child_id -> BigInt,
        lines -> Text,
        town -> Text,
        postcode -> Nullable<Text>,
        uprn -> Nullable<Text>,
        source -> Text,
        claimed_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    episode (id) {
        id -> BigInt,
        reference -> Text,
        child_id -> BigInt,
        kind -> Text,
        category -> Nullable<Text>,
        started_on -> Date,
        ended_on -> Nullable<Date>,
        source -> Text,
        contact -> Text,
        recorded_by -> Nullable<BigInt>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    notification (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        account_id -> Nullable<BigInt>,
        person_id -> BigInt,
        form_key -> Text,
        source -> Text,
        message -> Text,
        received_at -> Timestamp,
        accepted_at -> Nullable<Timestamp>,
        accepted_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    notification_child (id) {
        id -> BigInt,
        notification_id -> BigInt,
        child_id -> BigInt,
    }
}

diesel::table! {
    draft (id) {
        id -> BigInt,
        account_id -> BigInt,
        form_key -> Text,
        answers -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    duty_kind (word) {
        word -> Text,
    }
}

diesel::table! {
    duty_purpose (word) {
        word -> Text,
    }
}

diesel::table! {
    duty (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        child_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        other_authority_id -> Nullable<BigInt>,
        kind -> Text,
        purpose -> Text,
        occasion -> Text,
        post -> Text,
        may_rest -> Bool,
        follows_id -> Nullable<BigInt>,
        counted_from -> Date,
        original_due_on -> Date,
        due_on -> Date,
        why -> Text,
        state -> Text,
        closed_on -> Nullable<Date>,
        closed_because -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    booking (id) {
        id -> BigInt,
        reference -> Text,
        check_id -> BigInt,
        mode -> Text,
        booked_for -> Date,
        at_time -> Nullable<Time>,
        place -> Text,
        reason -> Text,
        address_reason -> Text,
        state -> Text,
        booked_by -> BigInt,
        booked_at -> Timestamp,
        postponement -> Integer,
        past_ceiling -> Bool,
        past_holiday -> Bool,
        terms_unknown -> Bool,
        address_id -> Nullable<BigInt>,
        tell_manager -> Bool,
        told_at -> Nullable<Timestamp>,
        known_claim_id -> Nullable<BigInt>,
        heard_address_id -> Nullable<BigInt>,
        heard_claim_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    outcome (id) {
        id -> BigInt,
        reference -> Text,
        check_id -> BigInt,
        child_id -> BigInt,
        booking_id -> Nullable<BigInt>,
        form_key -> Text,
        happened_on -> Date,
        mode -> Text,
        result -> Text,
        place -> Text,
        present -> Text,
        home_seen -> Nullable<Bool>,
        spoken_alone -> Text,
        judgement -> Text,
        note -> Text,
        satisfied -> Bool,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
        tell_manager -> Bool,
        told_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    closed_by_outcome (check_id) {
        check_id -> BigInt,
        outcome_id -> BigInt,
    }
}

diesel::table! {
    lapse (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        duty_id -> BigInt,
        child_id -> Nullable<BigInt>,
        ladder -> Text,
        post -> Text,
        due_on -> Date,
        opened_on -> Date,
        opened_at -> Timestamp,
        next_step_on -> Date,
        answered_at -> Nullable<Timestamp>,
        answered_by -> Nullable<BigInt>,
        plan -> Text,
        plan_by -> Nullable<Date>,
        closed_at -> Nullable<Timestamp>,
        closed_because -> Nullable<Text>,
        round -> Integer,
    }
}

diesel::table! {
    ladder_weighing (authority_id) {
        authority_id -> BigInt,
        weighed_under -> Text,
    }
}

diesel::table! {
    mail_kind (word) {
        word -> Text,
    }
}

diesel::table! {
    outgoing_mail (id) {
        id -> BigInt,
        reference -> Text,
        key -> Text,
        authority_id -> BigInt,
        kind -> Text,
        about_child_id -> Nullable<BigInt>,
        about -> Text,
        reports_id -> Nullable<BigInt>,
        recipient -> Text,
        sender_name -> Text,
        reply_to -> Nullable<Text>,
        subject -> Text,
        body_text -> Text,
        body_html -> Text,
        message_id -> Text,
        state -> Text,
        tries -> Integer,
        next_try_at -> Timestamp,
        leased_until -> Nullable<Timestamp>,
        last_answer -> Text,
        created_at -> Timestamp,
        sent_at -> Nullable<Timestamp>,
        useless_after -> Nullable<Timestamp>,
        reported_at -> Nullable<Timestamp>,
        cause -> Nullable<Text>,
        failing_since -> Nullable<Timestamp>,
    }
}

diesel::table! {
    lapse_step (lapse_id, round, step, post, recipient) {
        lapse_id -> BigInt,
        round -> Integer,
        step -> Text,
        post -> Text,
        told_post -> Text,
        owed_on -> Date,
        recipient -> Text,
        mail_id -> BigInt,
    }
}

diesel::table! {
    rest (id) {
        id -> BigInt,
        child_id -> BigInt,
        reason -> Text,
        lead_name -> Text,
        starts_on -> Date,
        ends_on -> Date,
        recorded_by -> Nullable<BigInt>,
        recorded_at -> Timestamp,
        renewal -> Integer,
        heard_above -> Bool,
        mail_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    job_run (id) {
        id -> BigInt,
        job -> Text,
        day -> Date,
        started_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        found -> BigInt,
        did -> BigInt,
        failed -> BigInt,
        problem -> Text,
    }
}

diesel::table! {
    job_lease (job) {
        job -> Text,
        holder -> Text,
        held_until -> Timestamp,
    }
}

diesel::table! {
    policy (id) {
        id -> BigInt,
        authority_code -> Nullable<Text>,
        key -> Text,
        tier -> Nullable<Text>,
        value -> Integer,
        unit -> Text,
        source -> Text,
        policy_set -> Text,
        confirmed -> Bool,
        effective_from -> Nullable<Date>,
        effective_to -> Nullable<Date>,
        recorded_by -> Nullable<BigInt>,
        recorded_at -> Nullable<Timestamp>,
        reason -> Text,
        corrected_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    notice (duty_id, due_on, step, recipient) {
        duty_id -> BigInt,
        due_on -> Date,
        step -> Text,
        recipient -> Text,
        mail_id -> BigInt,
    }
}

diesel::table! {
    absence (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        account_id -> BigInt,
        delegate_id -> BigInt,
        starts_on -> Date,
        ends_on -> Date,
        recorded_by -> Nullable<BigInt>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    tier_decision (id) {
        id -> BigInt,
        child_id -> BigInt,
        tier -> Text,
        reason -> Text,
        known_reasons -> Text,
        decided_by -> BigInt,
        decided_at -> Timestamp,
        ends_on -> Date,
        ended_at -> Nullable<Timestamp>,
        ended_because -> Nullable<Text>,
    }
}

diesel::table! {
    assessment_due (child_id) {
        child_id -> BigInt,
        authority_id -> BigInt,
        due_on -> Date,
    }
}

diesel::table! {
    school_term (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        name -> Text,
        first_day -> Date,
        last_day -> Date,
        source -> Text,
        recorded_by -> Nullable<BigInt>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    calendar_day (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        day -> Date,
        is_working -> Bool,
        name -> Text,
        source -> Text,
        recorded_by -> Nullable<BigInt>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    failing_address (id) {
        id -> BigInt,
        email -> Text,
        since -> Timestamp,
        because -> Text,
        mail_id -> Nullable<BigInt>,
        cleared_at -> Nullable<Timestamp>,
        cleared_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    returned_message (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        fingerprint -> Text,
        received_at -> Timestamp,
        raw -> Text,
        verdict -> Nullable<Text>,
        mail_id -> Nullable<BigInt>,
        dealt_at -> Nullable<Timestamp>,
        dealt_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    list_import (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        account_id -> Nullable<BigInt>,
        file_name -> Text,
        started_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        dry_run -> Bool,
        rows_read -> BigInt,
        taken -> BigInt,
        unchanged -> BigInt,
        refused -> BigInt,
        report -> Text,
        refused_csv -> Text,
        is_accounted -> Bool,
        changed -> BigInt,
        look_at -> BigInt,
    }
}

diesel::table! {
    unplaced_row (id) {
        id -> BigInt,
        reference -> Text,
        authority_id -> BigInt,
        import_id -> BigInt,
        line -> BigInt,
        question -> Text,
        words -> Text,
        headings -> Text,
        cells -> Text,
        mapping -> Text,
        digest -> Text,
        answer -> Nullable<Text>,
        child_id -> Nullable<BigInt>,
        answered_at -> Nullable<Timestamp>,
        answered_by -> Nullable<BigInt>,
        answered_because -> Text,
    }
}

diesel::table! {
    unplaced_candidate (row_id, child_id) {
        row_id -> BigInt,
        child_id -> BigInt,
        why -> Text,
    }
}

diesel::table! {
    list_row (import_id, line) {
        import_id -> BigInt,
        line -> BigInt,
        became -> Text,
        told_as -> Text,
        child_id -> Nullable<BigInt>,
        unplaced_id -> Nullable<BigInt>,
        why -> Text,
    }
}

diesel::table! {
    watch_standing (watched) {
        watched -> Text,
        good_at -> Nullable<Timestamp>,
        trouble_since -> Nullable<Timestamp>,
        words -> Text,
        looked_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(account -> authority (authority_id));
diesel::joinable!(post_holder -> authority (authority_id));
diesel::joinable!(post_holder -> account (account_id));
diesel::joinable!(session -> account (account_id));
diesel::joinable!(sign_in_link -> authority (authority_id));
diesel::joinable!(child -> authority (authority_id));
diesel::joinable!(child -> account (officer_id));
diesel::joinable!(audit_event -> authority (authority_id));
diesel::joinable!(audit_event -> account (account_id));
diesel::joinable!(audit_event -> child (child_id));
diesel::joinable!(registration -> child (child_id));
diesel::joinable!(registration -> account (closed_by));
diesel::joinable!(secondary_reason -> registration (registration_id));
diesel::joinable!(name_token -> child (child_id));
diesel::joinable!(tier_history -> child (child_id));
diesel::joinable!(person -> authority (authority_id));
diesel::joinable!(person -> account (account_id));
diesel::joinable!(relation -> child (child_id));
diesel::joinable!(relation -> person (person_id));
diesel::joinable!(address -> child (child_id));
diesel::joinable!(address -> person (person_id));
diesel::joinable!(episode -> child (child_id));
diesel::joinable!(episode -> account (recorded_by));
diesel::joinable!(notification -> authority (authority_id));
diesel::joinable!(notification -> person (person_id));
diesel::joinable!(notification_child -> notification (notification_id));
diesel::joinable!(notification_child -> child (child_id));
diesel::joinable!(draft -> account (account_id));
diesel::joinable!(duty -> authority (authority_id));
diesel::joinable!(duty -> child (child_id));
diesel::joinable!(booking -> duty (check_id));
diesel::joinable!(booking -> account (booked_by));
diesel::joinable!(outcome -> duty (check_id));
diesel::joinable!(outcome -> child (child_id));
diesel::joinable!(outcome -> booking (booking_id));
diesel::joinable!(outcome -> account (recorded_by));
diesel::joinable!(lapse -> authority (authority_id));
diesel::joinable!(lapse -> duty (duty_id));
diesel::joinable!(lapse -> child (child_id));
diesel::joinable!(lapse -> account (answered_by));
diesel::joinable!(closed_by_outcome -> duty (check_id));
diesel::joinable!(closed_by_outcome -> outcome (outcome_id));
diesel::joinable!(outgoing_mail -> authority (authority_id));
diesel::joinable!(lapse_step -> lapse (lapse_id));
diesel::joinable!(lapse_step -> outgoing_mail (mail_id));
diesel::joinable!(claimed_address -> child (child_id));
diesel::joinable!(rest -> child (child_id));
diesel::joinable!(rest -> account (recorded_by));
diesel::joinable!(rest -> outgoing_mail (mail_id));
diesel::joinable!(list_import -> authority (authority_id));
diesel::joinable!(list_import -> account (account_id));
diesel::joinable!(unplaced_row -> list_import (import_id));
diesel::joinable!(unplaced_row -> account (answered_by));
diesel::joinable!(unplaced_candidate -> unplaced_row (row_id));
diesel::joinable!(unplaced_candidate -> child (child_id));
diesel::joinable!(list_row -> list_import (import_id));
diesel::joinable!(list_row -> child (child_id));
diesel::joinable!(notice -> duty (duty_id));
diesel::joinable!(notice -> outgoing_mail (mail_id));
diesel::joinable!(absence -> authority (authority_id));
diesel::joinable!(tier_decision -> child (child_id));
diesel::joinable!(tier_decision -> account (decided_by));
diesel::joinable!(assessment_due -> child (child_id));
diesel::joinable!(policy -> account (recorded_by));
diesel::joinable!(school_term -> authority (authority_id));
diesel::joinable!(school_term -> account (recorded_by));
diesel::joinable!(calendar_day -> account (recorded_by));
diesel::joinable!(calendar_day -> authority (authority_id));
diesel::joinable!(failing_address -> outgoing_mail (mail_id));
diesel::joinable!(returned_message -> authority (authority_id));
diesel::joinable!(returned_message -> outgoing_mail (mail_id));
diesel::joinable!(returned_message -> account (dealt_by));

diesel::allow_tables_to_appear_in_same_query!(
    authority,
    account,
    post_holder,
    session,
    sign_in_link,
    child,
    audit_event,
    registration,
    secondary_reason,
    name_token,
    tier_history,
    person,
    relation,
    address,
    claimed_address,
    episode,
    notification,
    notification_child,
    draft,
    duty,
    booking,
    outcome,
    closed_by_outcome,
    lapse,
    outgoing_mail,
    lapse_step,
    rest,
    job_run,
    job_lease,
    policy,
    notice,
    absence,
    tier_decision,
    assessment_due,
    school_term,
    calendar_day,
    failing_address,
    returned_message,
    list_import,
    unplaced_row,
    unplaced_candidate,
    list_row,
);
