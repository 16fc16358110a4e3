// Package annexafiles reads the files of an Annexe A return from the disk, for
// the command line and for the scheduled check. Nothing is ever written.
package annexafiles

import (
	"bytes"
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

// Files are files as they were read.
type Files struct {
	Sources []annexa.Source
	Newest  time.Time // when the newest of them was last written
	// Single is true when only CSV files were named, and no folder: lists that are
	// not among them are then not missed.
	Single bool
	Over   PassedOver // what else the folders hold
}

// Read reads the files of the paths: each a file, or a folder of them. Its errors
// are of type *Error.
func Read(paths ...string) (Files, error) {
	var f Files
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

// Folder reads the files of one folder.
func Folder(dir string) (Files, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return Files{}, &Error{dir, true, "cannot be found: check that it is there, and that this user may see it"}
	}
	return Read(dir)
}

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

// add reads one file.
func (f *Files) add(name string) error {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		return &Error{name, false, "may not be read by this user: ask whoever owns it"}
	}
	if err != nil {
		return &Error{name, false, "cannot be opened: close it in Excel and try again"}
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil && info.Size() > maxFile {
		return &Error{name, false, "is larger than 512 MB, which no return is: give each list as a CSV file"}
	}
	var data bytes.Buffer
	if err == nil {
		data.Grow(int(info.Size()) + bytes.MinRead) // so that it is held once
		_, err = data.ReadFrom(io.LimitReader(file, maxFile))
	}
	if err != nil {
		return &Error{name, false, "cannot be read: copy it to this machine and try again"}
	}
	if info.ModTime().After(f.Newest) {
		f.Newest = info.ModTime()
	}
	f.Sources = append(f.Sources, annexa.Source{Name: filepath.Base(name), Data: data.Bytes()})
	return nil
}
