package annexa

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed spec/*.yaml
var specFiles embed.FS

// spec is what the lists may hold; see the files in spec for the facts and
// their sources.
type spec struct {
	sources map[string]source
	lists   []*list // by number, from 1
	codes   map[string]*codeSet
}

type source struct {
	What     string `yaml:"what"`
	Kind     string `yaml:"kind"`
	Trust    string `yaml:"trust"`
	ReadFrom string `yaml:"read_from"`
	Verified string `yaml:"verified"`
}

type list struct {
	Number     int            `yaml:"number"`
	Title      string         `yaml:"title"` // "List 1: Contacts"
	Short      string         `yaml:"short"`
	Population string         `yaml:"population"`
	OneRowPer  string         `yaml:"one_row_per"`
	Window     window         `yaml:"window"`
	Key        []string       `yaml:"key"`    // headings that make a row one event
	Unborn     bool           `yaml:"unborn"` // an unborn child may be in it
	Source     string         `yaml:"source"`
	Note       string         `yaml:"note"`
	Columns    []*column      `yaml:"-"`
	place      map[string]int // of a heading in Columns
}

// window is the time that a list speaks of, back from the day it was made.
type window struct {
	Kind   string   `yaml:"kind"`
	Months int      `yaml:"months"`
	Dates  []string `yaml:"dates"`
	Open   bool     `yaml:"open_items"`
	Note   string   `yaml:"note"`
}

type columnType uint8

const (
	textColumn columnType = iota
	codeColumn
	dateColumn
	numberColumn
)

type column struct {
	Heading    string
	Type       columnType
	Required   bool   // a cell may never be blank
	Basis      string // the source of Required
	Min        *int
	QueryAbove *int
	Later      bool // not in the edition of August 2019
	Inferred   bool
	Source     string

	folded  string // the heading, as foldHeading has it
	shared  bool   // more than two lists have it
	aliases []string
	codes   *codeSet
}

// The shapes of the files.
type (
	specFile struct {
		Sources map[string]source       `yaml:"sources"`
		Common  map[string]columnFact   `yaml:"common"`
		Codes   map[string]*codeSetFact `yaml:"code_sets"`
		Lists   []listFact              `yaml:"lists"`
	}
	listFact struct {
		list    `yaml:",inline"`
		Columns []columnFact `yaml:"columns"`

		// For people: the program does not use them.
		Tabs      []string `yaml:"tabs"`
		KeySource string   `yaml:"key_source"`
		Forms     any      `yaml:"forms"`
	}
	columnFact struct {
		Use     string `yaml:"use"`
		Heading string `yaml:"heading"`
		Is      struct {
			Type       string `yaml:"type"`
			Codes      string `yaml:"codes"`
			Required   string `yaml:"required"`
			Basis      string `yaml:"basis"`
			Source     string `yaml:"source"`
			Form       string `yaml:"form"`
			Inferred   bool   `yaml:"inferred"`
			Min        *int   `yaml:"min"`
			QueryAbove *int   `yaml:"query_above"`
		} `yaml:"is"`
		Aliases []struct {
			Text   string `yaml:"text"`
			Source string `yaml:"source"`
		} `yaml:"aliases"`

		// For people: the program does not use them.
		Meaning    string `yaml:"meaning"`
		When       string `yaml:"when"` // a cell has to be filled, where that is not always
		BlankMeans string `yaml:"blank_means"`
		Note       string `yaml:"note"`
	}
)

// load reads the specification once; a test checks it, so a fault in it is a
// fault in the program.
var load = sync.OnceValue(func() *spec {
	s, err := readSpec(specFiles)
	if err != nil {
		panic(fmt.Sprintf("annexa: the specification: %v", err))
	}
	return s
})

func readSpec(files fs.FS) (*spec, error) {
	names, err := fs.Glob(files, "spec/*.yaml")
	if err != nil {
		return nil, err
	}
	var all specFile
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		// Later files add to the maps; the lists come in the files' order.
		lists := all.Lists
		all.Lists = nil
		d := yaml.NewDecoder(bytes.NewReader(data))
		d.KnownFields(true) // a key that is misspelt would be a fact that nobody reads
		if err := d.Decode(&all); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all.Lists = append(lists, all.Lists...)
	}
	s := &spec{sources: all.Sources, codes: map[string]*codeSet{}}
	for id, f := range all.Codes {
		if len(f.Values) > smallGuessed && !f.OpenEnded {
			return nil, fmt.Errorf("code set %s has more than the %d values that a cell has room for", id, smallGuessed)
		}
		s.codes[id] = newCodeSet(f)
	}
	for i := range all.Lists {
		l, err := s.newList(&all.Lists[i], all.Common)
		if err != nil {
			return nil, err
		}
		s.lists = append(s.lists, l)
	}
	s.markShared()
	return s, nil
}

// markShared marks the columns that say little of which list they are in.
func (s *spec) markShared() {
	in := map[string]int{}
	for _, l := range s.lists {
		for _, c := range l.Columns {
			in[c.Heading]++
		}
	}
	for _, l := range s.lists {
		for _, c := range l.Columns {
			c.shared = in[c.Heading] > 2
		}
	}
}

func (s *spec) newList(f *listFact, common map[string]columnFact) (*list, error) {
	l := f.list
	l.place = map[string]int{}
	for _, c := range f.Columns {
		if c.Use != "" {
			shared, ok := common[c.Use]
			if !ok {
				return nil, fmt.Errorf("list %d uses %q, which is not there", l.Number, c.Use)
			}
			c = shared
		}
		col := &column{
			Heading: c.Heading, Required: c.Is.Required == "always", Basis: c.Is.Basis, Min: c.Is.Min, QueryAbove: c.Is.QueryAbove,
			Later: c.Is.Form != "", Inferred: c.Is.Inferred, Source: c.Is.Source, folded: foldHeading(c.Heading),
		}
		for _, a := range c.Aliases {
			if _, ok := s.sources[a.Source]; !ok {
				return nil, fmt.Errorf("list %d, %s: the alias %q has a source %q that sources.yaml does not name", l.Number, c.Heading, a.Text, a.Source)
			}
			col.aliases = append(col.aliases, foldHeading(a.Text))
		}
		switch c.Is.Type {
		case "string":
			col.Type = textColumn
		case "date":
			col.Type = dateColumn
		case "integer":
			col.Type = numberColumn
		case "category":
			col.Type = codeColumn
			if col.codes = s.codes[c.Is.Codes]; col.codes == nil {
				return nil, fmt.Errorf("list %d, %s: there are no codes %q", l.Number, c.Heading, c.Is.Codes)
			}
		default:
			return nil, fmt.Errorf("list %d, %s: %q is no type", l.Number, c.Heading, c.Is.Type)
		}
		l.place[col.Heading] = len(l.Columns)
		l.Columns = append(l.Columns, col)
	}
	return &l, nil
}

// isID reports whether the column holds who the row is about.
func (c *column) isID() bool {
	return c.Heading == childID || c.Heading == adopterID
}

// Headings that rules of several lists speak of.
const (
	childID    = "Child Unique ID"
	adopterID  = "Individual adopter identifier"
	gender     = "Gender"
	ethnicity  = "Ethnicity"
	birth      = "Date of Birth"
	age        = "Age of Child (Years)"
	disability = "Does the Child have a Disability"
	team       = "Allocated Team"
	worker     = "Allocated Worker"
	family     = "Family identifier"
)
