//! A database for the tests of any room to begin with. It stands in no room, because a test may see the whole house; none
//! of it is in the program.

use std::path::Path;
use std::sync::LazyLock;

use tempfile::TempDir;

use crate::db::Db;
use crate::shipped;

/// A database with what ships with the program, and nothing else.
pub fn database(folder: &TempDir) -> Db {
    static TEMPLATE: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder.path().join("first.db"), 1);
        shipped::bring_up(&db).unwrap();
        let whole = folder.path().join("template.db");
        db.backup_to(&whole.display().to_string()).unwrap();
        folder
    });
    let file = folder.path().join("test.db");
    std::fs::copy(TEMPLATE.path().join("template.db"), &file).unwrap();
    open(&file, 2)
}

fn open(file: &Path, connections: u32) -> Db {
    Db::open(&format!("sqlite:{}", file.display()), connections).unwrap()
}
