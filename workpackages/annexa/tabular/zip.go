package tabular

import (
	"archive/zip"
	"context"
	"io"
	"strings"
)

// Limits on a workbook.
const (
	maxUnpacked = 1 << 30 // bytes, all parts together
	maxParts    = 20_000
	maxTabs     = 256
)

// pack is the zip file that a workbook is, its parts by their name in lower case.
type pack struct {
	parts map[string]*zip.File
	size  int64 // of the zip file
}

// openZip tells the kinds of zip file apart.
func (f *File) openZip() error {
	p, err := unzip(f.src.at(), f.src.Bytes())
	if err != nil {
		return err
	}
	switch {
	case p.has("xl/workbook.bin"):
		return problem("The file is a binary Excel workbook (.xlsb). Open it in Excel, save it as .xlsx, and try again")
	case p.has("index/document.iwa"), p.has("index.zip"):
		return problem("The file is an Apple Numbers spreadsheet. Export it from Numbers as Excel (.xlsx), and try again")
	case p.has("word/document.xml"):
		return problem("The file is a Word document. Give the workbook or CSV files that hold the lists")
	case p.has("ppt/presentation.xml"):
		return problem("The file is a PowerPoint presentation. Give the workbook or CSV files that hold the lists")
	case p.has("mimetype") && (p.has(content) || p.has("meta-inf/manifest.xml")):
		return f.openODS(p)
	}
	return f.openXLSX(p)
}

// unzip reads the zip file's directory, and refuses what no spreadsheet
// program writes.
func unzip(file io.ReaderAt, size int64) (*pack, error) {
	z, err := zip.NewReader(file, size)
	if err != nil {
		return nil, err
	}
	if len(z.File) > maxParts {
		return nil, problem("The workbook has more parts than a workbook can have. Open it in Excel, save it again, and try again")
	}
	p := &pack{parts: make(map[string]*zip.File, len(z.File)), size: size}
	unpacked := uint64(0)
	for _, part := range z.File {
		name := fold(part.Name)
		if unpacked += min(part.UncompressedSize64, maxUnpacked+1); unpacked > maxUnpacked {
			return nil, problem(tooBig)
		}
		switch {
		case part.Flags&1 != 0:
			return nil, problem(password)
		case name == "" || strings.HasPrefix(name, "../") || strings.Contains(name, "/../") || strings.HasSuffix(name, "/.."):
			return nil, problem("The workbook holds a part with a name that leads out of it. Open it in Excel, save it again, and try again")
		case p.has(name):
			return nil, problem("The workbook holds two parts of the same name, and either could be meant. Open it in Excel, save it again, and try again")
		}
		p.parts[name] = part
	}
	return p, nil
}

// fold gives a part's name in the one form it is looked up by.
func fold(name string) string {
	return strings.ToLower(strings.TrimLeft(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (p *pack) has(name string) bool { return p.parts[name] != nil }

// open reads a part as a stream, no further than the size its entry gives: the
// sizes together are known to be within the limit. base is how many bytes of the
// file the progress has already told of.
func (p *pack) open(m *meter, name string, base int64) (io.ReadCloser, *scanner, error) {
	part := p.parts[name]
	if part == nil {
		return nil, nil, io.ErrUnexpectedEOF
	}
	r, err := part.Open()
	if err != nil {
		return nil, nil, err
	}
	m.open(r, base, int64(part.CompressedSize64), int64(part.UncompressedSize64))
	return r, newScanner(m), nil
}

// small is a meter for the parts that are read when the file is opened.
func small() *meter {
	return &meter{ctx: context.Background(), progress: func(read, total int64) {}}
}

// scan reads a part to its end, calling start for each element that starts and
// end for each that ends; either may be nil.
func (p *pack) scan(m *meter, name string, start, end func(*scanner) error) error {
	r, s, err := p.open(m, name, 0)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		tok, err := s.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case tok == startTag && start != nil:
			err = start(s)
		case tok == endTag && end != nil:
			err = end(s)
		}
		if err != nil {
			return err
		}
	}
}
