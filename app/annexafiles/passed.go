package annexafiles

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// PassedOver counts what stands in the folders beside the files that were read.
// It holds no names: what it says may be stored, logged and sent.
type PassedOver struct {
	in      int            // folders that were read
	folders int            // in them; what is in those is not read
	links   int            // and whatever else is no file
	kinds   map[string]int // files, by the end of their names; other for ends that nobody knows
}

const other = "other"

// knownKinds are ends of names that are told. People choose the rest, as in
// "review.Jane Smith".
var knownKinds = strings.Fields(".7z .accdb .bak .bat .bmp .dat .db .dbf .doc .docm .docx .dta .eml .gif .gz .htm .html .jpeg .jpg .json .lnk .log .md .mdb .msg .numbers " +
	".odt .parquet .pbix .pdf .png .ppt .pptx .ps1 .py .r .rar .rdl .rds .rpt .rtf .sas7bdat .sav .sql .tab .tmp .url .vbs .xlsb .xlt .xltm .xltx .xml .xps .yaml .yml .zip")

// untold reports whether nobody asks why a file is not read: what office programs
// and Windows leave in folders, and what is hidden.
func untold(name string) bool {
	return strings.HasPrefix(name, "~$") || strings.HasPrefix(name, ".") || strings.EqualFold(name, "Thumbs.db") || strings.EqualFold(name, "desktop.ini")
}

func (p *PassedOver) add(e fs.DirEntry) {
	switch {
	case untold(e.Name()):
	case e.IsDir():
		p.folders++
	case !e.Type().IsRegular():
		p.links++
	default:
		kind := strings.ToLower(filepath.Ext(e.Name()))
		if !slices.Contains(knownKinds, kind) {
			kind = other
		}
		if p.kinds == nil {
			p.kinds = map[string]int{}
		}
		p.kinds[kind]++
	}
}

// Sentence says what was passed over and what to do about it, without a full
// stop; it is empty where nothing was.
func (p PassedOver) Sentence() string {
	var parts []string
	if p.folders > 0 {
		parts = append(parts, some(p.folders, "a folder", "folders"))
	}
	if p.links > 0 {
		parts = append(parts, some(p.links, "a link", "links"))
	}
	if files, kinds := p.files(); files > 0 {
		parts = append(parts, some(files, "a file of a kind that is not read", "files of kinds that are not read")+kinds)
	}
	if len(parts) == 0 {
		return ""
	}
	s := "Passed over in " + map[bool]string{true: "the folders", false: "the folder"}[p.in > 1] + ": "
	if last := len(parts) - 1; last > 0 {
		s += strings.Join(parts[:last], ", ") + " and "
	}
	s += parts[len(parts)-1]
	if p.kinds[".xlsb"] > 0 {
		s += ". To have an .xlsb read, save it in Excel as .xlsx"
	}
	return s
}

// files counts the files, and names their kinds: " (.docx, 2 .sql, 1 other)".
func (p PassedOver) files() (n int, kinds string) {
	var all []string
	for kind, of := range p.kinds {
		n += of
		switch {
		case kind == other:
		case of == 1:
			all = append(all, kind)
		default:
			all = append(all, fmt.Sprintf("%d %s", of, kind))
		}
	}
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(a[strings.Index(a, "."):], b[strings.Index(b, "."):]) })
	if len(all) == 0 {
		return n, ""
	}
	if of := p.kinds[other]; of > 0 {
		all = append(all, some(of, "1 other", "others"))
	}
	return n, " (" + strings.Join(all, ", ") + ")"
}

func some(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf("%d %s", n, many)
}
