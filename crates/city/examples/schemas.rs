//! Writes the JSON Schemas of the manifest kinds into a folder: `cargo xtask bless`.

fn main() -> std::io::Result<()> {
    let folder = std::path::PathBuf::from(
        std::env::args()
            .nth(1)
            .unwrap_or_else(|| "schemas".to_owned()),
    );
    std::fs::create_dir_all(&folder)?;
    for (name, text) in city::schema::files() {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}
