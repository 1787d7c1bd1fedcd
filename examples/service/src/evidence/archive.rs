//! The archive: tables are written row by row, and each file's digest with it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::time::Instant;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::evidence::cell::Cell;
use crate::evidence::table::Table;
use crate::evidence::{Error, page};

/// A file of the archive.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

/// Passes bytes on, and takes their digest.
struct Hashed<W> {
    inner: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Hashed<W> {
    fn new(inner: W) -> Self {
        Self { inner, digest: Sha256::new(), bytes: 0 }
    }

    fn listed(self, name: String) -> (W, Listed) {
        let sha256 = hex(&self.digest.finalize());
        (self.inner, Listed { name, sha256, bytes: self.bytes })
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.bytes = self.bytes.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn hex(digest: &[u8]) -> String {
    let mut text = String::with_capacity(digest.len().saturating_mul(2));
    for byte in digest {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A file of its own, for what cannot go into the archive yet: it takes one file at a time.
type Spool = Hashed<BufWriter<File>>;

fn spool() -> io::Result<Spool> {
    Ok(Hashed::new(BufWriter::new(tempfile::tempfile()?)))
}

/// An archive that is written.
pub(super) struct Archive {
    zip: ZipWriter<BufWriter<File>>,
    page: Spool,
    files: Vec<Listed>,
    deadline: Option<Instant>,
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated).large_file(true)
}

impl Archive {
    pub(super) fn new(deadline: Option<Instant>) -> Result<Self, Error> {
        let zip = ZipWriter::new(BufWriter::new(tempfile::tempfile()?));
        Ok(Self { zip, page: spool()?, files: Vec::new(), deadline })
    }

    /// Begins the page.
    pub(super) fn begin_page(&mut self, html: &str) -> Result<(), Error> {
        Ok(self.page.write_all(html.as_bytes())?)
    }

    /// Ends the page, and adds it.
    pub(super) fn end_page(&mut self, html: &str) -> Result<(), Error> {
        self.page.write_all(html.as_bytes())?;
        let page = std::mem::replace(&mut self.page, spool()?);
        self.add(page, "index.html")
    }

    /// Adds a file that was written beside the archive.
    fn add(&mut self, spool: Spool, name: &str) -> Result<(), Error> {
        let (writer, listed) = spool.listed(name.to_owned());
        let mut file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        self.zip.start_file(name, options())?;
        io::copy(&mut file, &mut self.zip)?;
        self.files.push(listed);
        Ok(())
    }

    /// Adds a table, in all its forms.
    pub(super) fn table(
        &mut self,
        table: &Table,
        fill: impl FnOnce(&mut Rows<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let name = format!("{}.csv", table.name);
        self.zip.start_file(&name, options())?;
        let mut json = spool()?;
        json.write_all(b"[")?;
        self.page.write_all(page::begin_table(table).as_bytes())?;
        let (listed, mut json, count) = {
            let csv = csv::Writer::from_writer(Hashed::new(&mut self.zip));
            let mut rows = Rows { table, csv, json, page: &mut self.page, count: 0, deadline: self.deadline };
            rows.csv.write_record(table.columns)?;
            fill(&mut rows)?;
            let Rows { csv, json, count, .. } = rows;
            let hashed = csv.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
            (hashed.listed(name).1, json, count)
        };
        self.files.push(listed);
        json.write_all(b"\n]\n")?;
        self.page.write_all(page::end_table(count).as_bytes())?;
        self.add(json, &format!("{}.json", table.name))
    }

    /// Adds the manifest, which tells of all other files, and returns the archive.
    pub(super) fn finish(mut self, manifest: impl FnOnce(&[Listed]) -> Result<String, Error>) -> Result<File, Error> {
        let text = manifest(&self.files)?;
        self.zip.start_file("manifest.json", options())?;
        self.zip.write_all(text.as_bytes())?;
        let mut file = self.zip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// The rows of a table that is written.
pub(super) struct Rows<'a> {
    table: &'a Table,
    csv: csv::Writer<Hashed<&'a mut ZipWriter<BufWriter<File>>>>,
    json: Spool,
    page: &'a mut Spool,
    count: u64,
    deadline: Option<Instant>,
}

impl Rows<'_> {
    /// Adds a row, which has a cell for each column.
    pub(super) fn push<const N: usize>(&mut self, cells: &[Cell<'_>; N]) -> Result<(), Error> {
        if self.count.is_multiple_of(1_024) && self.deadline.is_some_and(|deadline| Instant::now() > deadline) {
            return Err(Error::TooLong);
        }
        for cell in cells {
            self.csv.write_field(cell.csv().as_bytes())?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        let members: Map<String, Value> =
            self.table.columns.iter().map(|column| (*column).to_owned()).zip(cells.iter().map(Cell::json)).collect();
        self.json.write_all(if self.count == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut self.json, &members)?;
        self.page.write_all(page::row(cells).as_bytes())?;
        self.count = self.count.saturating_add(1);
        Ok(())
    }
}
