// Package annexafiles reads the files of an Annexe A return from the disk, for
// the command line and for the scheduled check. Nothing is ever written.
package annexafiles

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"readiness/workpackages/annexa"
)

// maxFile is the largest file that is read; a full return is a tenth of it.
const maxFile = 512 << 20

// Error says that files cannot be read, why, and what to do.
type Error struct {
	Path   string // of the folder or file
	Folder bool   // Path is a folder
	what   string // goes on from its name
}

// Error gives the sentence with the path in it: for whoever named it.
func (e *Error) Error() string {
	if e.Folder {
		return "the folder " + e.Path + " " + e.what
	}
	return e.Path + " " + e.what
}

// Sentence gives the sentence without the path. People choose the names of files,
// and a file may be named after a child: what is stored, logged or sent has none.
func (e *Error) Sentence() string {
	if e.Folder {
		return "The folder " + e.what
	}
	return "A file in the folder " + e.what
}

// Files are files that are open to be read.
type Files struct {
	Sources []annexa.Source
	Newest  time.Time // when the newest of them was last written
	// Single is true when only CSV files were named, and no folder: lists that are
	// not among them are then not missed.
	Single bool
	Over   PassedOver // what else the folders hold

	open []opened
}

// opened is a file and what it was like when it was opened.
type opened struct {
	path string
	file *os.File
	info os.FileInfo
}

// Open opens the files of the paths: each a file, or a folder of them. They are
// read from where they are, piece by piece, so that a long one need not fit into
// memory; Close closes them. Errors are of type *Error.
func Open(paths ...string) (_ Files, err error) {
	var f Files
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	folders := false
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return Files{}, &Error{p, false, "cannot be found: check the name"}
		}
		names := []string{p}
		if info.IsDir() {
			folders = true
			if names, err = f.Over.list(p); err != nil {
				return Files{}, err
			}
		}
		for _, name := range names {
			if err := f.add(name); err != nil {
				return Files{}, err
			}
		}
	}
	f.Single = !folders && annexa.Single(f.Sources)
	return f, nil
}

// Close closes the files. Nothing was written, so nothing can be lost by it.
func (f Files) Close() {
	for _, o := range f.open {
		o.file.Close()
	}
}

// Changed gives an *Error when a file has been written to since it was opened:
// what was read of it may be of two states.
// That at the place of ours, if there is one, is left out: it is we who write to it.
func (f Files) Changed(ours int) error {
	for i, o := range f.open {
		if i == ours || !o.info.Mode().IsRegular() {
			continue
		}
		if now, err := os.Stat(o.path); err != nil || !now.ModTime().Equal(o.info.ModTime()) || now.Size() != o.info.Size() || !os.SameFile(now, o.info) {
			return &Error{o.path, false, "was written to while it was checked: wait until it is finished, and check again"}
		}
	}
	return nil
}

// Index gives the place of a path among the files, or -1.
func (f Files) Index(path string) int {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return slices.IndexFunc(f.open, func(o opened) bool { return os.SameFile(info, o.info) })
}

// Folder reads the files of one folder into memory, so that they may be written to
// while they are checked: the next night's lists come when they come.
func Folder(dir string) (Files, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return Files{}, &Error{dir, true, "cannot be found: check that it is there, and that this user may see it"}
	}
	f, err := Open(dir)
	if err != nil {
		return Files{}, err
	}
	defer f.Close()
	for i := range f.Sources {
		s := &f.Sources[i]
		if s.File == nil {
			continue
		}
		s.Data = make([]byte, s.Size)
		if _, err := s.File.ReadAt(s.Data, 0); err != nil && err != io.EOF {
			return Files{}, &Error{f.open[i].path, false, unreadable}
		}
		s.File, s.Size = nil, 0
	}
	return f, f.Changed(-1)
}

const unreadable = "cannot be read: copy it to this machine and try again"

// kinds are the ends of names of files that are read, or refused with a sentence.
var kinds = []string{".xlsx", ".xlsm", ".ods", ".xls", ".csv", ".tsv", ".txt"}

// list gives the workbooks and CSV files of a folder, by name, and counts the rest.
func (p *PassedOver) list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, &Error{dir, true, "cannot be read: check that this user may read it"}
	}
	p.in++
	var files []string
	for _, e := range entries {
		known := slices.Contains(kinds, strings.ToLower(filepath.Ext(e.Name())))
		if e.Type().IsRegular() && !untold(e.Name()) && known {
			files = append(files, filepath.Join(dir, e.Name()))
			continue
		}
		p.add(e)
	}
	switch {
	case len(files) > 0:
		return files, nil
	case p.kinds[".xlsb"] > 0:
		return nil, &Error{dir, true, "holds no workbook but in the form .xlsb, which is not read: save it in Excel as .xlsx"}
	}
	return nil, &Error{dir, true, "holds no workbook and no CSV file: give the folder that holds the lists"}
}

// add opens one file.
func (f *Files) add(name string) error {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		return &Error{name, false, "may not be read by this user: ask whoever owns it"}
	}
	if err != nil {
		return &Error{name, false, "cannot be opened: close it in Excel and try again"}
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return &Error{name, false, unreadable}
	}
	f.open = append(f.open, opened{name, file, info})
	source := annexa.Source{Name: filepath.Base(name), File: file, Size: info.Size()}
	if !info.Mode().IsRegular() { // as a pipe, which can be read but once
		source.File, source.Size = nil, 0
		if source.Data, err = io.ReadAll(io.LimitReader(file, maxFile+1)); err != nil {
			return &Error{name, false, unreadable}
		}
	}
	if source.Bytes() > maxFile {
		return &Error{name, false, "is larger than 512 MB, which no return is: give each list as a CSV file"}
	}
	if info.ModTime().After(f.Newest) {
		f.Newest = info.ModTime()
	}
	f.Sources = append(f.Sources, source)
	return nil
}
