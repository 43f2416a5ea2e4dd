//! Whether a folder could be made, without making it.

use std::io;
use std::path::Path;

/// What would keep somebody from making this folder, as far as it is seen without trying.
///
/// # Errors
/// When a part of its path is there and no folder, or nobody may write into the folder in which it would be made.
pub fn can_be_made(folder: &Path) -> io::Result<()> {
    let here = Path::new(".");
    let is_named = |path: &&Path| !path.as_os_str().is_empty();
    let folder = Some(folder).filter(is_named).unwrap_or(here);
    for above in folder.ancestors().filter(is_named).chain([here]) {
        match above.metadata() {
            Ok(there) if !there.is_dir() => return Err(io::ErrorKind::NotADirectory.into()),
            Ok(there) if above != folder && there.permissions().readonly() => {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            Ok(_) => return Ok(()),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(())
}
