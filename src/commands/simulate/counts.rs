//! How much happened in a run.

/// What happened, for the report.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub days: u32,
    pub days_off: u32,
    pub set_back: u32,
    pub acts: usize,
    pub refused: usize,
    pub promises: usize,
    pub steps: usize,
    pub lapses: usize,
    pub carried_over: usize,
    pub booked_elsewhere: usize,
    pub returned: usize,
}
