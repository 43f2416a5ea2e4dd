//! Workbooks made by hand, such as no spreadsheet program writes: in the tests of the reader and in those of the program.
#![allow(clippy::unwrap_used)]

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// A zip archive of these files. Its checksums are zero: nobody looks at them.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(content).unwrap();
        let packed = packed.finish().unwrap();
        let at = u32::try_from(archive.len()).unwrap();
        let two = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let sizes = [four(0), four(packed.len()), four(content.len())].concat();
        let shared = [
            &two(20)[..],
            &two(0),
            &two(8),
            &four(0),
            &sizes,
            &two(name.len()),
            &two(0),
        ]
        .concat();
        archive.extend([b"PK\x03\x04", shared.as_slice(), name.as_bytes(), &packed].concat());
        directory.extend(
            [
                b"PK\x01\x02",
                &two(20)[..],
                &shared,
                &[0; 10],
                &at.to_le_bytes(),
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let from = u32::try_from(archive.len()).unwrap().to_le_bytes();
    archive.extend(directory);
    archive.extend(
        [
            b"PK\x05\x06",
            &[0; 4][..],
            &count,
            &count,
            &length,
            &from,
            &[0; 2],
        ]
        .concat(),
    );
    archive
}

/// A workbook of Excel with these sheets, by name and content, these shared words and these properties.
pub fn excel(sheets: &[(&str, &str)], words: &str, properties: &str) -> Vec<u8> {
    const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{KINDS}/{kind}\" Target=\"{target}\"/>")
    };
    let main = relation("r1", "officeDocument", "xl/workbook.xml");
    let mut parts = relation("words", "sharedStrings", "/xl/sharedStrings.xml");
    let (mut tabs, mut files) = (String::new(), Vec::new());
    for (place, (name, content)) in sheets.iter().enumerate() {
        let file = format!("worksheets/sheet{place}.xml");
        parts += &relation(&format!("r{place}"), "worksheet", &file);
        tabs += &format!("<sheet name=\"{name}\" r:id=\"r{place}\"/>");
        files.push((
            format!("xl/{file}"),
            format!("<worksheet>{content}</worksheet>"),
        ));
    }
    let mut add = |name: &str, content: String| files.push((name.to_owned(), content));
    add(
        "_rels/.rels",
        format!("<Relationships>{main}</Relationships>"),
    );
    add(
        "xl/_rels/workbook.xml.rels",
        format!("<Relationships>{parts}</Relationships>"),
    );
    add(
        "xl/workbook.xml",
        format!("<workbook>{properties}<sheets>{tabs}</sheets></workbook>"),
    );
    add("xl/sharedStrings.xml", format!("<sst>{words}</sst>"));
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, content)| (name.as_str(), content.as_bytes()))
        .collect();
    zip(&files)
}

/// A workbook of LibreOffice with these tables.
pub fn open_document(tables: &str) -> Vec<u8> {
    let content = format!("<office:document-content>{tables}</office:document-content>");
    zip(&[("content.xml", content.as_bytes())])
}
