package annexafiles_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"readiness/app/annexafiles"
)

// folder makes a folder with files of their own names in them.
func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(dir, n), []byte(n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWhichFilesOfAFolderAreRead(t *testing.T) {
	dir := folder(t, "b.CSV", "a.xlsx", "~$a.xlsx", ".hidden.csv", "notes.docx", "c.ods")
	if err := os.Mkdir(filepath.Join(dir, "folder.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	newest := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	for name, at := range map[string]time.Time{"a.xlsx": newest.AddDate(0, 0, -3), "b.CSV": newest, "c.ods": newest.AddDate(0, 0, -1), "notes.docx": newest.AddDate(0, 0, 1)} {
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	f, err := annexafiles.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range f.Sources {
		names = append(names, s.Name)
		if string(s.Data) != s.Name {
			t.Errorf("%s holds %q", s.Name, s.Data)
		}
	}
	if got := strings.Join(names, " "); got != "a.xlsx b.CSV c.ods" || f.Single || !f.Newest.Equal(newest) {
		t.Errorf("read %s of %s, single %v", got, f.Newest, f.Single)
	}
}

// TestWhatAFolderHoldsBesideTheListsIsSaidWithoutNames, as what is said is stored
// and sent, and a file may be named after a child.
func TestWhatAFolderHoldsBesideTheListsIsSaidWithoutNames(t *testing.T) {
	for _, c := range []struct {
		what    string
		files   []string
		folders []string
		link    bool
		says    string
	}{
		{"lists only", []string{"List 1.csv", "List 2.xlsx"}, nil, false, ""},
		{"what programs leave there", []string{"List 1.csv", "~$List 1.xlsx", ".hidden", "Thumbs.db", "Desktop.ini"}, []string{".git"}, false, ""},
		{"a document", []string{"List 1.csv", "Jane.DOCX"}, nil, false, "Passed over in the folder: a file of a kind that is not read (.docx)"},
		{"an older copy and files of three kinds", []string{"List 1.csv", "b.docx", "query.sql", "a.xlsb"}, []string{"old"}, false,
			"Passed over in the folder: a folder and 3 files of kinds that are not read (.docx, .sql, .xlsb). To have an .xlsb read, save it in Excel as .xlsx"},
		{"several of one kind", []string{"List 1.csv", "b.pdf", "a.sql", "b.sql"}, []string{"Jane.csv", "old"}, false, "Passed over in the folder: 2 folders and 3 files of kinds that are not read (.pdf, 2 .sql)"},
		{"ends of names that people chose", []string{"List 1.csv", "review.Jane Smith", "x.docx", "y.jane"}, nil, false, "Passed over in the folder: 3 files of kinds that are not read (.docx, 2 others)"},
		{"a file without an end", []string{"List 1.csv", "jane"}, nil, false, "Passed over in the folder: a file of a kind that is not read"},
		{"a link and a folder", []string{"List 1.csv", "x.sql"}, []string{"old"}, true, "Passed over in the folder: a folder, a link and a file of a kind that is not read (.sql)"},
	} {
		dir := folder(t, c.files...)
		for _, n := range c.folders {
			if err := os.Mkdir(filepath.Join(dir, n), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if c.link {
			if err := os.Symlink(filepath.Join(dir, "List 1.csv"), filepath.Join(dir, "jane.csv")); err != nil {
				t.Fatal(err)
			}
		}
		f, err := annexafiles.Folder(dir)
		if err != nil || f.Over.Sentence() != c.says {
			t.Errorf("%s: %q, %v", c.what, f.Over.Sentence(), err)
		}
	}
}

func TestWhatTwoFoldersHoldIsSaidOnce(t *testing.T) {
	f, err := annexafiles.Open(folder(t, "a.csv", "a.sql"), folder(t, "b.csv", "b.sql"))
	if want := "Passed over in the folders: 2 files of kinds that are not read (2 .sql)"; err != nil || f.Over.Sentence() != want {
		t.Errorf("%q, %v", f.Over.Sentence(), err)
	}
}

func TestListsThatAreNotNamedAreMissedUnlessOnlyCSVFilesAreNamed(t *testing.T) {
	dir := folder(t, "a.csv", "b.txt", "c.xlsx")
	path := func(n string) string { return filepath.Join(dir, n) }
	for _, c := range []struct {
		what   string
		paths  []string
		single bool
	}{
		{"two CSV files", []string{path("a.csv"), path("b.txt")}, true},
		{"a workbook among them", []string{path("a.csv"), path("c.xlsx")}, false},
		{"a folder", []string{dir}, false},
	} {
		if f, err := annexafiles.Open(c.paths...); err != nil || f.Single != c.single {
			t.Errorf("%s: %v %v", c.what, f.Single, err)
		}
	}
}

func TestWhatCannotBeReadSaysWhatToDoWithTheNameAndWithout(t *testing.T) {
	empty := t.TempDir()
	link := folder(t)
	if err := os.Symlink(filepath.Join(empty, "none.csv"), filepath.Join(link, "child-name.csv")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder(t, "a.csv"), "a.csv")
	for _, c := range []struct {
		what, path string
		read       func(path string) error
		says       string
	}{
		{"a file that is not there", filepath.Join(empty, "child-name.csv"), paths, "cannot be found: check the name"},
		{"a folder that is not there", filepath.Join(empty, "child-name"), dir, "cannot be found: check that it is there"},
		{"a file in place of a folder", file, dir, "cannot be found: check that it is there"},
		{"an empty folder", empty, dir, "holds no workbook and no CSV file"},
		{"a folder of binary workbooks", folder(t, "child-name.xlsb"), dir, "holds no workbook but in the form .xlsb, which is not read: save it in Excel as .xlsx"},
		{"a folder of links only", link, dir, "holds no workbook and no CSV file"},
	} {
		err := c.read(c.path)
		var known *annexafiles.Error
		if !errors.As(err, &known) || !strings.Contains(known.Error(), c.path+" "+c.says) || !strings.HasPrefix(known.Sentence()[strings.Index(known.Sentence(), "folder")+len("folder "):], c.says) {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if s := known.Sentence(); strings.Contains(s, "child-name") || strings.Contains(s, empty) {
			t.Errorf("%s: the name shows in %q", c.what, s)
		}
	}
}

func paths(path string) error { _, err := annexafiles.Open(path); return err }

func dir(path string) error { _, err := annexafiles.Folder(path); return err }

// TestAFileThatIsWrittenToWhileItIsCheckedIsNoticed: half of one state and half of
// another is neither.
func TestAFileThatIsWrittenToWhileItIsCheckedIsNoticed(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(path string) error
	}{
		{"written to", func(path string) error { return os.WriteFile(path, []byte("another text"), 0o600) }},
		{"put in place of it", func(path string) error {
			if err := os.WriteFile(path+".new", []byte("a.csv"), 0o600); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		}},
		{"taken away", os.Remove},
	} {
		path := filepath.Join(folder(t, "a.csv"), "a.csv")
		f, err := annexafiles.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Changed(-1); err != nil || f.Index(path) != 0 {
			t.Errorf("%s: before that, %v", c.what, err)
		}
		if err := c.change(path); err != nil {
			t.Fatal(err)
		}
		var known *annexafiles.Error
		if err := f.Changed(-1); !errors.As(err, &known) || !strings.Contains(known.Error(), path+" was written to while it was checked") {
			t.Errorf("%s: %v", c.what, err)
		}
		if err := f.Changed(0); err != nil {
			t.Errorf("%s by ourselves: %v", c.what, err)
		}
		f.Close()
	}
}
